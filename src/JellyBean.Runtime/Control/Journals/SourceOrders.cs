using System.Collections.Immutable;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Workflows;
using MessagePack;

namespace JellyBean.Runtime.Control.Journals;

/// <summary>What people have decided about sources, beside the configuration.</summary>
internal sealed record SourceOrders
{
    public static SourceOrders None { get; } = new();

    /// <summary>The sources that were added.</summary>
    public ImmutableSortedDictionary<SourceId, SourceAddition> Added { get; init; } = ImmutableSortedDictionary<SourceId, SourceAddition>.Empty;

    /// <summary>The configured sources that are left out.</summary>
    public ImmutableSortedSet<SourceId> Removed { get; init; } = [];

    /// <summary>The sources that are held up.</summary>
    public ImmutableSortedSet<SourceId> Paused { get; init; } = [];

    /// <summary>Whether the source is one of the run, if those are configured.</summary>
    public bool Has(SourceId source, ImmutableSortedSet<SourceId> configured) => Added.ContainsKey(source) || (configured.Contains(source) && !Removed.Contains(source));

    public SourceOrders Add(SourceAddition addition) => this with
    {
        Added = Added.SetItem(addition.Source, addition),
        Removed = addition.Settings.IsEmpty ? Removed.Remove(addition.Source) : Removed,
    };

    public SourceOrders Remove(SourceId source, ImmutableSortedSet<SourceId> configured) => this with
    {
        Added = Added.Remove(source),
        Paused = Paused.Remove(source),
        Removed = configured.Contains(source) ? Removed.Add(source) : Removed,
    };

    /// <summary>Whether the same is asked of plans.</summary>
    public bool IsSame(SourceOrders other) => Added.SequenceEqual(other.Added) && Removed.SetEquals(other.Removed);

    public bool Equals(SourceOrders? other) => other is not null && IsSame(other) && Paused.SetEquals(other.Paused);

    public override int GetHashCode() => HashCode.Combine(Added.Count, Removed.Count, Paused.Count);

    public static void Write(ref MessagePackWriter writer, SourceOrders value)
    {
        writer.WriteArrayHeader(3);
        Wire.WriteMany(ref writer, [.. value.Added.Values], SourceFormat.Write);
        Wire.WriteMany(ref writer, [.. value.Removed], SourceFormat.WriteId);
        Wire.WriteMany(ref writer, [.. value.Paused], SourceFormat.WriteId);
    }

    public static SourceOrders Read(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 3);
        var value = new SourceOrders
        {
            Added = Wire.ReadMany(ref reader, SourceFormat.ReadAddition).ToImmutableSortedDictionary(a => a.Source, a => a),
            Removed = [.. Wire.ReadMany(ref reader, SourceFormat.ReadId)],
            Paused = [.. Wire.ReadMany(ref reader, SourceFormat.ReadId)],
        };
        Wire.End(ref reader, unknown);
        return value;
    }
}
