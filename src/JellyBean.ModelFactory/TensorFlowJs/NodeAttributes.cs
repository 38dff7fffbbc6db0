using System.Collections.Immutable;
using System.Text;

namespace JellyBean.ModelFactory.TensorFlowJs;

/// <summary>The settings of a node, read by name; an absent one gives null, false or an empty list.</summary>
internal sealed class NodeAttributes
{
    public static readonly NodeAttributes None = new(ImmutableDictionary<string, AttributeJson>.Empty);

    private readonly IReadOnlyDictionary<string, AttributeJson> _values;

    public NodeAttributes(IReadOnlyDictionary<string, AttributeJson> values) => _values = values;

    public long? Integer(string name) => Find(name)?.I;

    public float? Number(string name) => Find(name)?.F;

    public bool Flag(string name) => Find(name)?.B ?? false;

    public string? Text(string name) => Find(name)?.S is { } coded ? Decode(coded) : null;

    public ImmutableArray<long> Integers(string name) => [.. Find(name)?.List?.I ?? []];

    public ImmutableArray<string> Texts(string name) => [.. (Find(name)?.List?.S ?? []).Select(Decode)];

    /// <summary>A shape; -1 for a dimension that is known at run time only. Null when absent or of unknown rank.</summary>
    public ImmutableArray<long>? Shape(string name) =>
        Find(name)?.Shape is { UnknownRank: false, Dim: { } dimensions }
            ? [.. dimensions.Select(dimension => dimension.Size ?? -1)]
            : null;

    private AttributeJson? Find(string name) => _values.GetValueOrDefault(name);

    /// <summary>The format carries texts in base64; some exporters write them plainly.</summary>
    private static string Decode(string coded)
    {
        var bytes = new byte[coded.Length];
        return Convert.TryFromBase64String(coded, bytes, out int length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : coded;
    }
}
