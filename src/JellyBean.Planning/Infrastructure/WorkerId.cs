namespace JellyBean.Planning.Infrastructure;

/// <summary>The stable name of a machine in the catalogue. The node that serves as it goes by the same name.</summary>
/// <param name="Value">Lower-case words joined by '-', without spaces, as in <c>edge-1</c>.</param>
public readonly record struct WorkerId(string Value) : IComparable<WorkerId>
{
    /// <inheritdoc />
    public int CompareTo(WorkerId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc />
    public override string ToString() => Value;
}
