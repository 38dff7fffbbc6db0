using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;

namespace JellyBean.Runtime.Snapshots;

/// <summary>What a coordinator remembers of the snapshots of the plan in force. A value: <see cref="SnapshotMachine"/> makes the next one.</summary>
internal sealed record SnapshotState
{
    /// <summary>The plan; 0 while none runs.</summary>
    public long Epoch { get; init; }

    /// <summary>Its workers.</summary>
    public ImmutableSortedSet<WorkerId> Workers { get; init; } = [];

    /// <summary>The last snapshot that is complete; 0 before the first.</summary>
    public long Last { get; init; }

    /// <summary>Its parts, by worker; empty where it is only known that it is complete.</summary>
    public ImmutableArray<SnapshotReceipt> LastParts { get; init; } = [];

    /// <summary>The highest number that was ever asked for.</summary>
    public long Highest { get; init; }

    /// <summary>The snapshot being taken; 0 if none is.</summary>
    public long Taking { get; init; }

    /// <summary>Its parts so far, by worker.</summary>
    public ImmutableSortedDictionary<WorkerId, SnapshotReceipt> Parts { get; init; } = ImmutableSortedDictionary<WorkerId, SnapshotReceipt>.Empty;

    /// <summary>Workers whose sinks have not confirmed <see cref="Last"/>.</summary>
    public ImmutableSortedSet<WorkerId> Uncommitted { get; init; } = [];

    /// <summary>When the snapshot being taken, or else the last one, began.</summary>
    public TimeSpan BeganAt { get; init; }

    /// <summary>Whether the next one is not to wait for its time.</summary>
    public bool IsWanted { get; init; }

    /// <summary>When what waits for an answer was sent last.</summary>
    public TimeSpan SentAt { get; init; }

    /// <summary>Whether every fragment has ended, so that one more snapshot is all there is to take.</summary>
    public bool IsFinal { get; init; }

    /// <summary>Whether the last snapshot of the run is done, or was given up.</summary>
    public bool IsOver { get; init; }

    /// <summary>Whether all parts of the snapshot are there, and only its manifest is being written.</summary>
    public bool IsWhole => Taking > 0 && Parts.Count == Workers.Count;
}
