using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace JellyBean.Workflows.Elements;

/// <summary>Where an element comes from: the source's element it derives from, and the path of children down to it.</summary>
/// <remarks>
/// Order within a source is by number, then path. The output of a join or window stands, in that order, at the latest element it is made
/// of, and is identified by all of them (<see cref="Contributors"/>), so that its identity does not depend on what else was near.
/// </remarks>
public sealed class Lineage : IComparable<Lineage>, IEquatable<Lineage>
{
    // Characters; a join of a few cameras' elements stays readable.
    private const int MostNamed = 256;

    private readonly ImmutableArray<int> _path;
    private readonly int _ordinal;

    // Where, in the path, the children of a join's or window's output begin: what stands before only orders.
    private readonly int _identityFrom;

    private Lineage(SourceId source, long number, ImmutableArray<int> path, ImmutableArray<Lineage> contributors, int ordinal, int identityFrom)
    {
        Source = source;
        Number = number;
        _path = path;
        Contributors = contributors;
        _ordinal = ordinal;
        _identityFrom = identityFrom;
    }

    /// <summary>The source of the element this one derives from.</summary>
    public SourceId Source { get; }

    /// <summary>The number, from 0, that the source gave it.</summary>
    public long Number { get; }

    /// <summary>Which child of which child it is; empty for the source's own element.</summary>
    public ImmutableArray<int> Path => _path;

    /// <summary>The elements that a join or window made it of; empty elsewhere.</summary>
    public ImmutableArray<Lineage> Contributors { get; }

    /// <summary>Which of several outputs of the same contributors it, or what it is a child of, is.</summary>
    internal int Ordinal => _ordinal;

    /// <summary>Where, in the path, what identifies it begins: what stands before only orders.</summary>
    internal int IdentityFrom => _identityFrom;

    /// <summary>The lineage of a source's own element.</summary>
    public static Lineage Of(SourceId source, long number) => new(source, number, [], [], 0, 0);

    /// <summary>The lineage of the output of a join or window.</summary>
    /// <param name="latest">The contributor at whose place in the order the output stands.</param>
    /// <param name="place">Its place among the outputs at <paramref name="latest"/>.</param>
    /// <param name="contributors">All elements it is made of.</param>
    /// <param name="ordinal">Which of several outputs of the same contributors.</param>
    public static Lineage Joined(Lineage latest, int place, ImmutableArray<Lineage> contributors, int ordinal) =>
        new(latest.Source, latest.Number, latest._path.Add(place), contributors, ordinal, latest._path.Length + 1);

    /// <summary>Makes a lineage again of what it consists of.</summary>
    /// <exception cref="InvalidDataException">No lineage consists of that.</exception>
    internal static Lineage Restore(SourceId source, long number, ImmutableArray<int> path, ImmutableArray<Lineage> contributors, int ordinal, int identityFrom) =>
        number >= 0 && ordinal >= 0 && identityFrom >= 0 && identityFrom <= path.Length
            ? new(source, number, path, contributors, ordinal, identityFrom)
            : throw new InvalidDataException($"There is no element {number} of {source} with ordinal {ordinal} and {path.Length} steps, of which the first {identityFrom} only order.");

    /// <summary>The lineage of this element's <paramref name="index"/>th child.</summary>
    public Lineage Child(int index) => new(Source, Number, _path.Add(index), Contributors, _ordinal, _identityFrom);

    /// <summary>The lineage this one is a child of.</summary>
    /// <exception cref="InvalidOperationException">It is a source's own element, or the output of a join or window.</exception>
    public Lineage Parent() => _path.Length == _identityFrom
        ? throw new InvalidOperationException($"{this} is {(Contributors.IsEmpty ? "a source's own element" : "the output of a join or window")} and has no parent.")
        : new(Source, Number, _path.RemoveAt(_path.Length - 1), Contributors, _ordinal, _identityFrom);

    /// <summary>Compares by source, number and path.</summary>
    public int CompareTo(Lineage? other)
    {
        if (other is null)
        {
            return 1;
        }

        var bySource = Source.CompareTo(other.Source);
        return bySource != 0 ? bySource : CompareWithin(other);
    }

    /// <summary>Compares two lineages of one source by number and path.</summary>
    public int CompareWithin(Lineage other)
    {
        var byNumber = Number.CompareTo(other.Number);
        return byNumber != 0 ? byNumber : _path.AsSpan().SequenceCompareTo(other._path.AsSpan());
    }

    /// <inheritdoc />
    public bool Equals(Lineage? other) =>
        other is not null && Number == other.Number && Source == other.Source && _ordinal == other._ordinal
        && _path.AsSpan().SequenceEqual(other._path.AsSpan()) && Contributors.AsSpan().SequenceEqual(other.Contributors.AsSpan());

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as Lineage);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Source);
        hash.Add(Number);
        foreach (var index in _path)
        {
            hash.Add(index);
        }

        return hash.ToHashCode();
    }

    /// <summary>The element's identity as text: the same input gives the same text, however often it is computed.</summary>
    /// <remarks>
    /// As long as it is short, it names every contributor, as in <c>(in/north#4+in/south#4)[0]</c>. The many of a large window, or of joins of joins, are told by how many they are and by the first half
    /// of the SHA-256 of their texts, as in <c>(100:9f86d081884c7d659a2feaa0c55ad015)[0]</c>, so that the text stays short enough to be a key.
    /// </remarks>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (Contributors.IsEmpty)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Source}#{Number}");
        }
        else
        {
            var contributors = string.Join('+', Contributors);
            text.Append(CultureInfo.InvariantCulture, $"({(contributors.Length <= MostNamed ? contributors : Digest(contributors))})[{_ordinal}]");
        }

        foreach (var index in _path.AsSpan()[_identityFrom..])
        {
            text.Append(CultureInfo.InvariantCulture, $".{index}");
        }

        return text.ToString();
    }

    private string Digest(string contributors) =>
        string.Create(CultureInfo.InvariantCulture, $"{Contributors.Length}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(contributors)).AsSpan(0, 16))}");
}
