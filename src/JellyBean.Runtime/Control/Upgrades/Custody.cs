using System.Collections.Immutable;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Sources;
using JellyBean.Workflows;
using MessagePack;

namespace JellyBean.Runtime.Control.Upgrades;

/// <summary>Which of its sources a version of a workflow reads itself, where two versions run beside each other.</summary>
/// <remarks>Each of the two has one in the journal, and reads nothing that its own says is away: as long as a source is away in one of them, it is never read twice.</remarks>
internal sealed record Custody
{
    public static Custody None { get; } = new();

    /// <summary>The sources that another version reads, or is to, with its fingerprint.</summary>
    public ImmutableSortedDictionary<SourceId, string> Away { get; init; } = ImmutableSortedDictionary<SourceId, string>.Empty;

    /// <summary>Where those go on that another version has given, or given back.</summary>
    public ImmutableSortedDictionary<SourceId, SourceStart> From { get; init; } = ImmutableSortedDictionary<SourceId, SourceStart>.Empty;

    public bool IsAway(SourceId source) => Away.ContainsKey(source);

    /// <summary>Sources are read by another version.</summary>
    public Custody Give(IEnumerable<SourceId> sources, string to) => this with { Away = Away.SetItems(sources.Select(s => KeyValuePair.Create(s, to))) };

    /// <summary>A source is read here, from where another version has left it.</summary>
    public Custody Take(SourceStart start) => this with
    {
        Away = Away.Remove(start.Source),
        From = From.TryGetValue(start.Source, out var known) && known.Number > start.Number ? From : From.SetItem(start.Source, start),
    };

    /// <summary>A source is read here again, that nobody else had begun to read.</summary>
    public Custody Keep(SourceId source) => this with { Away = Away.Remove(source) };

    public bool Equals(Custody? other) => other is not null && Away.SequenceEqual(other.Away) && From.SequenceEqual(other.From);

    public override int GetHashCode() => HashCode.Combine(Away.Count, From.Count);

    public static void Write(ref MessagePackWriter writer, Custody value)
    {
        writer.WriteArrayHeader(2);
        Wire.WriteMany(ref writer, [.. value.Away], static (ref MessagePackWriter w, KeyValuePair<SourceId, string> away) =>
        {
            w.WriteArrayHeader(2);
            w.Write(away.Key.Value);
            w.Write(away.Value);
        });
        Wire.WriteMany(ref writer, [.. value.From.Values], SourceFormat.Write);
    }

    public static Custody Read(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 2);
        var value = new Custody
        {
            Away = Wire.ReadMany(ref reader, static (ref MessagePackReader r) =>
            {
                var more = Wire.Begin(ref r, 2);
                var away = KeyValuePair.Create(SourceFormat.ReadId(ref r), Wire.ReadText(ref r));
                Wire.End(ref r, more);
                return away;
            }).ToImmutableSortedDictionary(a => a.Key, a => a.Value),
            From = Wire.ReadMany(ref reader, SourceFormat.ReadStart).ToImmutableSortedDictionary(s => s.Source, s => s),
        };
        Wire.End(ref reader, unknown);
        return value;
    }
}
