using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>Where a run is.</summary>
internal enum RunPhase
{
    /// <summary>Nothing runs.</summary>
    Idle,

    /// <summary>Nodes that the plan needs are missing.</summary>
    Gathering,

    /// <summary>Nodes compile and load.</summary>
    Deploying,

    /// <summary>Elements flow.</summary>
    Running,

    /// <summary>Sources were told to stop.</summary>
    Draining,

    /// <summary>Every fragment has ended well; the last snapshot is taken, so that sinks commit all.</summary>
    Securing,

    /// <summary>It has ended, well or not; nodes let go of what they hold.</summary>
    Stopping,
}

/// <summary>All that a coordinator remembers. A value: <see cref="RunMachine"/> makes the next one.</summary>
internal sealed record RunState
{
    public RunPhase Phase { get; init; }

    /// <summary>Who was welcomed.</summary>
    public ImmutableSortedDictionary<WorkerId, KnownNode> Nodes { get; init; } = ImmutableSortedDictionary<WorkerId, KnownNode>.Empty;

    /// <summary>The highest epoch that was ever in force as far as anyone here knows: the next one is above it.</summary>
    public long LastEpoch { get; init; }

    /// <summary>The run; null while nothing runs.</summary>
    public Run? Run { get; init; }
}

/// <summary>A node that was welcomed.</summary>
/// <param name="Last">What it said of itself last.</param>
/// <param name="IsReachable">Whether the cluster still sees it.</param>
internal sealed record KnownNode(Announce Last, bool IsReachable);

/// <summary>A plan that is, or is about to be, in force.</summary>
internal sealed record Run
{
    /// <summary>0 until it is deployed.</summary>
    public long Epoch { get; init; }

    /// <summary>The plan, with the epoch once it has one.</summary>
    public required Plan Plan { get; init; }

    /// <summary>The last snapshot that is complete, which the next epoch would go on from; 0 to go on without one; null while it may only begin anew.</summary>
    public long? Snapshot { get; init; }

    /// <summary>What is sent to the nodes.</summary>
    public string PlanText { get; init; } = "";

    /// <summary>The nodes that the plan uses.</summary>
    public required ImmutableSortedDictionary<WorkerId, Part> Parts { get; init; }

    /// <summary>When the phase began.</summary>
    public TimeSpan Since { get; init; }

    /// <summary>When messages that wait for an answer were sent last.</summary>
    public TimeSpan SentAt { get; init; }

    /// <summary>When elements were let in; null before.</summary>
    public TimeSpan? StartedAt { get; init; }

    /// <summary>When the last fragment ended; null before.</summary>
    public TimeSpan? EndedAt { get; init; }

    /// <summary>When progress was published last.</summary>
    public TimeSpan PublishedAt { get; init; }

    /// <summary>Why it failed; null if it did not.</summary>
    public RunFailure? Failure { get; init; }

    /// <summary>How far it is.</summary>
    public RunReport Report(TimeSpan now) => new()
    {
        Epoch = Epoch,
        Elapsed = StartedAt is { } started ? (EndedAt ?? now) - started : TimeSpan.Zero,
        IsComplete = EndedAt is not null && Failure is null,
        Fragments = [.. Parts.Values.Select(p => p.Report).OfType<FragmentReport>()],
    };

    public IEnumerable<WorkerId> Where(Func<Part, bool> condition) => Parts.Where(p => condition(p.Value)).Select(p => p.Key);
}

/// <summary>A node's part in a run.</summary>
internal sealed record Part
{
    public bool IsDeployed { get; init; }

    public bool IsCompleted { get; init; }

    public bool IsStopped { get; init; }

    /// <summary>When the node was heard last.</summary>
    public TimeSpan HeardAt { get; init; }

    /// <summary>Its last report; null before the first, which also says that it has started.</summary>
    public FragmentReport? Report { get; init; }
}
