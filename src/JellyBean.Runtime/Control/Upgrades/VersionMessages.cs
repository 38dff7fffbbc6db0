using System.Collections.Immutable;
using Akka.Actor;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Sources;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Control.Upgrades;

/// <summary>The version that takes another one's place says, again and again, what the other one is to read. Coordinators of two versions are in one process: these messages cross no network.</summary>
/// <param name="By">Its fingerprint.</param>
/// <param name="Turn">Comes back with the answer.</param>
internal sealed record AskVersion(string By, long Turn) : INoSerializationVerificationNeeded
{
    /// <summary>The sources that the other one is to read no more, or has not got back yet.</summary>
    public ImmutableSortedSet<SourceId> Away { get; init; } = [];

    /// <summary>Where the others go on that were given back.</summary>
    public ImmutableArray<(SourceId Source, long Number)> Back { get; init; } = [];

    /// <summary>Epochs of the other one are to be above it: a live source takes numbers of its epoch.</summary>
    public long LastEpoch { get; init; }

    /// <summary>Whether the other one is to finish what it has admitted, and end.</summary>
    public bool Retires { get; init; }
}

/// <summary>How the other version is.</summary>
/// <param name="Turn">Of the question.</param>
/// <param name="Phase">Where its run is.</param>
/// <param name="LastEpoch">The highest epoch that it has given.</param>
internal sealed record VersionIs(long Turn, RunPhase Phase, long LastEpoch) : INoSerializationVerificationNeeded
{
    /// <summary>What people have decided about its sources.</summary>
    public SourceOrders Orders { get; init; } = SourceOrders.None;

    /// <summary>The sources of its plan.</summary>
    public ImmutableArray<SourceId> Sources { get; init; } = [];

    /// <summary>Those that it does not read for whoever asks, and whoever coordinates it next would not either.</summary>
    public ImmutableSortedSet<SourceId> Away { get; init; } = [];

    /// <summary>Of these, those of which all that it had read will never have to be read again, with the number of the next.</summary>
    public ImmutableSortedDictionary<SourceId, ParkedSource> Parked { get; init; } = ImmutableSortedDictionary<SourceId, ParkedSource>.Empty;

    /// <summary>Whether whoever coordinates it next would read the same.</summary>
    public bool IsWritten { get; init; } = true;

    /// <summary>Whether it runs, so that it can be given something back.</summary>
    public bool Runs => Phase is not (RunPhase.Idle or RunPhase.Draining or RunPhase.Securing or RunPhase.Stopping);
}

/// <summary>A source that is held up, all of what it had given admitted.</summary>
/// <param name="Number">The number of the next element.</param>
/// <param name="IsLive">Whether what it gives meanwhile is gone.</param>
internal sealed record ParkedSource(long Number, bool IsLive)
{
    /// <summary>The first snapshot that holds all of it; null until one has begun.</summary>
    public long? Snapshot { get; init; }

    /// <summary>Whether that is complete, or none is needed: after a crash, nobody reads before the number.</summary>
    public bool IsSafe { get; init; }
}

/// <summary>A message to the coordinator of another version of the sender's workflow, which is begun if nobody has heard of it since this node leads.</summary>
internal sealed record ToVersion(string Fingerprint, AskVersion? Message) : INoSerializationVerificationNeeded;

/// <summary>A command that asks a version to take another one's place, with the other versions that the cluster has.</summary>
internal sealed record UpgradeCommand(Protocol.Command Command, ImmutableArray<WorkflowStatus> Others) : INoSerializationVerificationNeeded;
