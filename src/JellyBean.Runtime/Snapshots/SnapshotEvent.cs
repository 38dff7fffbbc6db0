using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;

namespace JellyBean.Runtime.Snapshots;

/// <summary>What a coordinator learns about snapshots.</summary>
internal abstract record SnapshotEvent
{
    /// <summary>Elements flow under a plan.</summary>
    /// <param name="Epoch">The plan.</param>
    /// <param name="Workers">Who takes part.</param>
    /// <param name="From">The snapshot it goes on from; 0 if it began anew.</param>
    public sealed record Started(long Epoch, ImmutableSortedSet<WorkerId> Workers, long From) : SnapshotEvent;

    /// <summary>Somebody waits for one: it is taken now, or right after the one that is being taken.</summary>
    public sealed record Wanted : SnapshotEvent;

    /// <summary>Every fragment has ended well.</summary>
    public sealed record Completed : SnapshotEvent;

    /// <summary>The plan is no longer in force.</summary>
    public sealed record Stopped : SnapshotEvent;

    /// <summary>A worker's part is stored, and its sinks have pre-committed.</summary>
    public sealed record PartStored(WorkerId Worker, long Epoch, SnapshotReceipt Receipt) : SnapshotEvent;

    /// <summary>A worker could not.</summary>
    public sealed record PartFailed(WorkerId Worker, long Epoch, long Snapshot, string Reason) : SnapshotEvent;

    /// <summary>The manifest is written.</summary>
    public sealed record Kept(long Snapshot) : SnapshotEvent;

    /// <summary>The manifest could not be written.</summary>
    public sealed record NotKept(long Snapshot, string Reason) : SnapshotEvent;

    /// <summary>A worker's sinks have committed.</summary>
    public sealed record Committed(WorkerId Worker, long Epoch, long Snapshot) : SnapshotEvent;

    /// <summary>Time has passed.</summary>
    public sealed record Tick : SnapshotEvent;
}
