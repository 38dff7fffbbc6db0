using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Sources;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Control.Protocol;

/// <summary>The node may take part.</summary>
/// <param name="Term">In which the coordinator leads; nodes listen to none of an earlier one.</param>
internal sealed record Welcome(long Term) : IControlMessage;

/// <summary>The node may not take part.</summary>
/// <param name="Reason">What was found, what is allowed, what to do.</param>
/// <param name="IsFinal">Whether it stops announcing itself.</param>
internal sealed record Refused(string Reason, bool IsFinal) : IControlMessage;

/// <summary>Compile your part of a plan and load its variants.</summary>
/// <param name="Epoch">The number of the plan; older ones are refused from now on.</param>
/// <param name="Fingerprint">Of the workflow that the plan is for.</param>
/// <param name="Plan">The plan's text.</param>
/// <param name="Peers">Where the data planes of the nodes that are there take links and copies of snapshots, by worker.</param>
internal sealed record Deploy(long Epoch, string Fingerprint, string Plan, ImmutableArray<Peer> Peers) : IControlMessage
{
    /// <summary>The snapshot to go on from; 0 to go on without one; null if a run begins.</summary>
    public long? Resume { get; init; }

    /// <summary>The parts of that snapshot, and who has them; empty where nodes are to know.</summary>
    public ImmutableArray<SnapshotReceipt> Parts { get; init; } = [];

    /// <summary>The text of the plan in force, whose place this one is to take while elements flow: prepare beside what runs, and touch it not. Empty if there is none.</summary>
    public string Former { get; init; } = "";

    /// <summary>Sources of the plan that are not configured, but were added to the run.</summary>
    public ImmutableArray<SourceAddition> Added { get; init; } = [];

    /// <summary>Sources of the plan that are held up.</summary>
    public ImmutableArray<SourceId> Paused { get; init; } = [];

    /// <summary>Where those go on that another version has read before.</summary>
    public ImmutableArray<SourceStart> Starts { get; init; } = [];

    public bool Equals(Deploy? other) => other is not null
        && (Epoch, Fingerprint, Plan, Resume, Former) == (other.Epoch, other.Fingerprint, other.Plan, other.Resume, other.Former)
        && Peers.SequenceEqual(other.Peers)
        && Added.SequenceEqual(other.Added)
        && Paused.SequenceEqual(other.Paused)
        && Starts.SequenceEqual(other.Starts)
        && Parts.SequenceEqual(other.Parts);

    public override int GetHashCode() => HashCode.Combine(Epoch, Fingerprint);
}

/// <summary>Where a worker's data plane takes links.</summary>
internal readonly record struct Peer(WorkerId Worker, NodeAddress Address);

/// <summary>You are about to end, and nobody can take over what you run yet: it goes on.</summary>
/// <param name="Reason">Why.</param>
/// <param name="AtMost">For how long.</param>
internal sealed record LeaveLater(string Reason, TimeSpan AtMost) : IControlMessage;

/// <summary>Let elements flow.</summary>
internal sealed record Start(long Epoch) : IControlMessage;

/// <summary>Hold these of your sources up, and no others.</summary>
internal sealed record HoldSources(long Epoch, ImmutableArray<SourceId> Sources) : IControlMessage
{
    /// <summary>Of the others, where those go on that another version has read before.</summary>
    public ImmutableArray<SourceStart> Starts { get; init; } = [];

    public bool Equals(HoldSources? other) => other is not null && Epoch == other.Epoch && Sources.SequenceEqual(other.Sources) && Starts.SequenceEqual(other.Starts);

    public override int GetHashCode() => HashCode.Combine(Epoch, Sources.Length);
}

/// <summary>The plan that was prepared beside the one in force takes its place: let the sources switch, and hand over.</summary>
internal sealed record TakeOver(long Epoch) : IControlMessage;

/// <summary>The plan that was being prepared will not come: let go of what was opened for it.</summary>
internal sealed record Abandon(long Epoch) : IControlMessage;

/// <summary>Take your part of a snapshot, store it, and have your sinks pre-commit.</summary>
internal sealed record TakeSnapshot(long Epoch, long Snapshot) : IControlMessage;

/// <summary>A snapshot is complete: have your sinks commit.</summary>
/// <param name="Epoch">The plan.</param>
/// <param name="Snapshot">The snapshot.</param>
/// <param name="Parts">Its parts, and who has them.</param>
internal sealed record CommitSnapshot(long Epoch, long Snapshot, ImmutableArray<SnapshotReceipt> Parts) : IControlMessage
{
    public bool Equals(CommitSnapshot? other) => other is not null && (Epoch, Snapshot) == (other.Epoch, other.Snapshot) && Parts.SequenceEqual(other.Parts);

    public override int GetHashCode() => HashCode.Combine(Epoch, Snapshot);
}

/// <summary>Read no more from your sources; process what was admitted.</summary>
internal sealed record Drain(long Epoch) : IControlMessage;

/// <summary>Abort what is left of the epoch and let go of everything it holds.</summary>
internal sealed record Stop(long Epoch) : IControlMessage;
