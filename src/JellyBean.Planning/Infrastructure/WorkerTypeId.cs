namespace JellyBean.Planning.Infrastructure;

/// <summary>The stable name of a kind of machine. Profiles refer to it.</summary>
/// <param name="Value">Lower-case words joined by '-', without spaces, as in <c>cloud-4-core</c>.</param>
public readonly record struct WorkerTypeId(string Value) : IComparable<WorkerTypeId>
{
    /// <inheritdoc />
    public int CompareTo(WorkerTypeId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc />
    public override string ToString() => Value;
}
