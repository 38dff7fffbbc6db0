namespace JellyBean.Planning.Infrastructure;

/// <summary>The stable name of a physical machine that several workers live on.</summary>
/// <param name="Value">Lower-case words joined by '-', without spaces, as in <c>laptop</c>.</param>
public readonly record struct HostId(string Value) : IComparable<HostId>
{
    /// <inheritdoc />
    public int CompareTo(HostId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc />
    public override string ToString() => Value;
}
