namespace JellyBean.Workflows;

/// <summary>Names one source of an input, as in <c>cameras/north</c>. Elements are numbered and ordered per source.</summary>
/// <param name="Value">The input's name, '/', the source's name.</param>
public readonly record struct SourceId(string Value) : IComparable<SourceId>
{
    /// <summary>Names the source <paramref name="source"/> of the input <paramref name="input"/>.</summary>
    public static SourceId Of(string input, string source) => new($"{input}/{source}");

    /// <inheritdoc />
    public int CompareTo(SourceId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc />
    public override string ToString() => Value;
}
