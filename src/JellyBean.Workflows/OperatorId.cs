namespace JellyBean.Workflows;

/// <summary>The stable name of an operator within its workflow. Profiles, plans and logs refer to operators by it.</summary>
/// <param name="Value">Lower-case words joined by '-', with '/' between an operator and its parts, as in <c>embedder/regroup</c>.</param>
public readonly record struct OperatorId(string Value) : IComparable<OperatorId>
{
    /// <inheritdoc />
    public int CompareTo(OperatorId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc />
    public override string ToString() => Value;
}
