using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;

namespace JellyBean.Runtime.Snapshots;

/// <summary>What a coordinator is to do about snapshots.</summary>
internal abstract record SnapshotEffect
{
    /// <summary>Ask a worker for its part.</summary>
    public sealed record Take(WorkerId Worker, long Epoch, long Snapshot) : SnapshotEffect;

    /// <summary>Write that the snapshot is complete.</summary>
    public sealed record Keep(long Epoch, long Snapshot, ImmutableArray<SnapshotReceipt> Parts) : SnapshotEffect;

    /// <summary>Have a worker's sinks commit.</summary>
    public sealed record Commit(WorkerId Worker, long Epoch, long Snapshot, ImmutableArray<SnapshotReceipt> Parts) : SnapshotEffect;

    /// <summary>The snapshot is complete.</summary>
    public sealed record Done(long Snapshot, long Bytes, TimeSpan Took) : SnapshotEffect;

    /// <summary>There will be no such snapshot.</summary>
    public sealed record GivenUp(long Snapshot, string Reason) : SnapshotEffect;

    /// <summary>The run has its last snapshot, or goes without.</summary>
    public sealed record Over : SnapshotEffect;
}
