using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Control.Protocol;

/// <summary>A node says what it is; repeated until it is welcomed, and now and then after that.</summary>
/// <param name="ProtocolVersion">What it speaks.</param>
/// <param name="Node">What it is.</param>
/// <param name="Fingerprint">Of the workflow that it has built.</param>
/// <param name="Instance">Tells a node that came back from another one of the same name.</param>
/// <param name="LastEpoch">The highest epoch it has accepted; 0 before the first.</param>
/// <param name="RunningEpoch">The epoch of the fragment it holds; 0 if none.</param>
/// <param name="LinkAddress">Where it takes links from other processes; null if it takes none.</param>
internal sealed record Announce(
    int ProtocolVersion, NodeDescription Node, string Fingerprint, string Instance, long LastEpoch, long RunningEpoch, NodeAddress? LinkAddress) : IControlMessage
{
    public WorkerId Worker => Node.Worker;

    /// <summary>The epoch of the fragment that is prepared to take that one's place; 0 if none is.</summary>
    public long PreparedEpoch { get; init; }

    /// <summary>The workflow's name.</summary>
    public string Workflow { get; init; } = "";

    /// <summary>Whether it joins a cluster whose coordinator has built something else.</summary>
    public bool IsBeside { get; init; }
}

/// <summary>The fragment is compiled and its variants are loaded.</summary>
/// <param name="Epoch">The plan.</param>
/// <param name="Predecessor">The last meters of the fragment that ran here before, now that nothing of it moves any more; null if the run had not begun then, or on this node.</param>
internal sealed record Deployed(long Epoch, FragmentReport? Predecessor = null) : IControlMessage
{
    /// <summary>The outputs whose sinks are here and cannot move between two snapshots.</summary>
    public ImmutableArray<OperatorId> Staying { get; init; } = [];

    /// <summary>Live sources here that give again what they had given since the snapshot: nothing of it is lost.</summary>
    public ImmutableArray<SourceId> Recalled { get; init; } = [];

    public bool Equals(Deployed? other) => other is not null && (Epoch, Predecessor) == (other.Epoch, other.Predecessor) && Staying.SequenceEqual(other.Staying) && Recalled.SequenceEqual(other.Recalled);

    public override int GetHashCode() => Epoch.GetHashCode();
}

/// <summary>The node could not or would not take the plan.</summary>
internal sealed record DeployFailed(long Epoch, string Reason) : IControlMessage
{
    /// <summary>Whether it would be possible from a snapshot, when what runs by the plan before has ended.</summary>
    public bool IsPossibleFromSnapshot { get; init; }
}

/// <summary>What ran here by the plan before has drained and handed over all; repeated whenever it is asked.</summary>
internal sealed record TakenOver(long Epoch) : IControlMessage;

/// <summary>The meters of a fragment that was started.</summary>
internal sealed record Report(FragmentReport Fragment) : IControlMessage;

/// <summary>The fragment has ended well; repeated until the coordinator says <see cref="Stop"/>.</summary>
/// <param name="Last">Its meters now that nothing moves any more: whoever knows that it has ended knows them, whatever was lost before.</param>
internal sealed record FragmentCompleted(FragmentReport Last) : IControlMessage;

/// <summary>The fragment has failed; repeated until the coordinator says <see cref="Stop"/>.</summary>
/// <param name="Epoch">The plan.</param>
/// <param name="Cause">Why.</param>
internal sealed record FragmentFailed(long Epoch, string Cause) : IControlMessage;

/// <summary>The node's part of a snapshot is stored, and its sinks have pre-committed.</summary>
/// <param name="Epoch">The plan.</param>
/// <param name="Snapshot">The snapshot.</param>
/// <param name="Bytes">The part's size.</param>
/// <param name="Checksum">Of the part.</param>
/// <param name="Copy">The other node that has it; null where there is no other.</param>
internal sealed record SnapshotStored(long Epoch, long Snapshot, long Bytes, ulong Checksum, WorkerId? Copy) : IControlMessage;

/// <summary>The node could not take its part of a snapshot.</summary>
internal sealed record SnapshotFailed(long Epoch, long Snapshot, string Reason) : IControlMessage;

/// <summary>The node's sinks have committed a snapshot.</summary>
internal sealed record SnapshotCommitted(long Epoch, long Snapshot) : IControlMessage;

/// <summary>Nothing of the epoch is left on the node.</summary>
internal sealed record Stopped(long Epoch) : IControlMessage;
