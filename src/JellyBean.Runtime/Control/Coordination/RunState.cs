using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Replanning;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Control.Upgrades;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>Where a run is.</summary>
internal enum RunPhase
{
    /// <summary>Nothing runs.</summary>
    Idle,

    /// <summary>A plan is being made, or none fits and others are waited for.</summary>
    Planning,

    /// <summary>Nodes that the plan needs are missing.</summary>
    Gathering,

    /// <summary>The plan is being written to the journal.</summary>
    Recording,

    /// <summary>Nodes compile and load.</summary>
    Deploying,

    /// <summary>Elements flow.</summary>
    Running,

    /// <summary>Another plan takes the place of the one in force, while elements flow.</summary>
    Moving,

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

    /// <summary>The run that has ended last; null before the first.</summary>
    public EndedRun? Ended { get; init; }

    /// <summary>What people have commanded.</summary>
    public ByHand ByHand { get; init; } = new();

    /// <summary>Which sources another version reads, as it is to be.</summary>
    public Custody Custody { get; init; } = Custody.None;

    /// <summary>The same as it is written down.</summary>
    public Custody Kept { get; init; } = Custody.None;

    /// <summary>The version whose place this one takes; null if none.</summary>
    public Upgrade? Upgrade { get; init; }

    /// <summary>How that one was when it answered last; null if it has not since the step began.</summary>
    public VersionIs? Other { get; init; }

    /// <summary>The other versions of the workflow in the cluster, as whoever asked last for an upgrade has found them.</summary>
    public ImmutableArray<WorkflowStatus> Others { get; init; } = [];

    /// <summary>The term in which this coordinator leads; 0 while it may not act.</summary>
    public long Term { get; init; }

    /// <summary>That this coordinator is about to end; null unless it is.</summary>
    public LeadEnd? LeadEnds { get; init; }

    /// <summary>Counts the plans that were asked for, so that a late answer is known as one.</summary>
    public long Asked { get; init; }

    /// <summary>What the run does, in a word.</summary>
    public string Doing => this switch
    {
        { Phase: RunPhase.Idle, Ended.Failure: not null } => "failed",
        { Phase: RunPhase.Idle, Ended: not null } => "finished",
        _ => Phase.ToString().ToLowerInvariant(),
    };

    /// <summary>The nodes that a plan may use.</summary>
    public ImmutableArray<NodeDescription> MembersBut(ImmutableSortedSet<WorkerId> drained) =>
        [.. Nodes.Values.Where(n => n.IsReachable && !n.IsLeaving && n.Last.Node.Tier is not null && !drained.Contains(n.Last.Worker)).Select(n => n.Last.Node)];

    public bool Has(WorkerId worker) => Nodes.TryGetValue(worker, out var node) && node.IsReachable;
}

/// <summary>How a run ended.</summary>
/// <param name="Id">The run's.</param>
/// <param name="Failure">Why it failed; null if it did not.</param>
/// <param name="Report">What it did; null where this coordinator only knows of it from the journal.</param>
internal sealed record EndedRun(string Id, string? Failure, RunReport? Report)
{
    /// <inheritdoc cref="Run.Shortfalls" />
    public ImmutableArray<string> Shortfalls { get; init; } = [];

    /// <inheritdoc cref="Run.History" />
    public ImmutableArray<string> History { get; init; } = [];
}

/// <summary>A node that was welcomed.</summary>
/// <param name="Last">What it said of itself last.</param>
/// <param name="IsReachable">Whether the cluster still sees it.</param>
internal sealed record KnownNode(Announce Last, bool IsReachable)
{
    /// <summary>When it said first that it was told to end, and waits for its fragment to move away; null if it was not.</summary>
    public TimeSpan? LeavingSince { get; init; }

    public bool IsLeaving => LeavingSince is not null;
}

/// <summary>Whoever coordinates was told to end.</summary>
/// <param name="Since">When.</param>
internal sealed record LeadEnd(TimeSpan Since)
{
    /// <summary>Whether the last snapshot that was taken for it is complete, or was given up.</summary>
    public bool IsSecured { get; init; }
}

/// <summary>What is wanted to run, and the plan that is, or is about to be, in force for it.</summary>
internal sealed record Run
{
    /// <summary>Unlike that of any other run.</summary>
    public required string Id { get; init; }

    /// <summary>Whether the cluster makes its plans, rather than whoever asked for the run.</summary>
    public bool IsPlannedHere { get; init; }

    /// <summary>0 until it is deployed.</summary>
    public long Epoch { get; init; }

    /// <summary>The plan, with the epoch once it has one; null before the first.</summary>
    public Plan? Plan { get; init; }

    /// <summary>The last snapshot that is complete, which the next epoch would go on from; 0 to go on without one; null while it may only begin anew.</summary>
    public long? Snapshot { get; init; }

    /// <summary>The parts of that snapshot, and who has them; empty where nodes are to know.</summary>
    public ImmutableArray<SnapshotReceipt> SnapshotParts { get; init; } = [];

    /// <summary>What was last reported under plans whose end is not accounted for yet, by workers that may not say more.</summary>
    public ImmutableArray<FragmentReport> Cut { get; init; } = [];

    /// <summary>What nodes reported last of the last plan that is over and of which any did.</summary>
    public ImmutableArray<FragmentReport> LastHeard { get; init; } = [];

    /// <summary>What nodes had said last to the coordinator before this one, as far as that had written it down.</summary>
    public ImmutableArray<FragmentReport> Heard { get; init; } = [];

    /// <summary>What crashes have cost it.</summary>
    public Losses Losses { get; init; } = Losses.None;

    /// <summary>What is sent to the nodes.</summary>
    public string PlanText { get; init; } = "";

    /// <summary>The nodes that the plan uses.</summary>
    public ImmutableSortedDictionary<WorkerId, Part> Parts { get; init; } = ImmutableSortedDictionary<WorkerId, Part>.Empty;

    /// <summary>Nodes that the plan before used, and that may still hold its fragments.</summary>
    public ImmutableSortedSet<WorkerId> Former { get; init; } = [];

    /// <summary>The plan that is about to take this one's place; null if none is.</summary>
    public Transition? Transition { get; init; }

    /// <summary>The plan that comes after that; null if none does.</summary>
    public WantedPlan? Next { get; init; }

    /// <summary>What is asked of the planner while this plan goes on; null if nothing is.</summary>
    public Wish? Wish { get; init; }

    /// <summary>When another plan is looked for again, where one that had to take this one's place could not be prepared; null where nothing waits for that.</summary>
    public TimeSpan? SeekAgainAt { get; init; }

    /// <summary>Why no plan fits without nodes that are leaving; null where none are, or where one may still be found.</summary>
    public string? Unplanned { get; init; }

    /// <summary>Why the plan that was to take this one's place, for nodes that are leaving, could not be prepared; null where none was tried.</summary>
    public string? Unmoved { get; init; }

    /// <summary>Since when a last snapshot is being taken, because this plan or who coordinates it is about to end; null unless it is.</summary>
    public TimeSpan? ClosingSince { get; init; }

    /// <summary>What was decided last about moving to another plan; null before.</summary>
    public ReplanDecision? Considered { get; init; }

    /// <summary>The outputs whose sinks cannot move while elements flow, as far as nodes have told.</summary>
    public ImmutableSortedSet<OperatorId> Staying { get; init; } = [];

    /// <summary>What failed on workers whose part has moved away.</summary>
    public ImmutableArray<FragmentReport> Retired { get; init; } = [];

    /// <summary>Sources that were removed, and of which the history tells what they had done; the latest last.</summary>
    public ImmutableArray<SourceId> ToldOf { get; init; } = [];

    /// <summary>The sources that have come to rest, of those that another version is to read.</summary>
    public ImmutableSortedDictionary<SourceId, ParkedSource> Parked { get; init; } = ImmutableSortedDictionary<SourceId, ParkedSource>.Empty;

    /// <summary>What the plan does not do of what was asked.</summary>
    public ImmutableArray<string> Shortfalls { get; init; } = [];

    /// <summary>Whether its sources are to stop.</summary>
    public bool IsDraining { get; init; }

    /// <summary>Whether another coordinator had it before this one: nodes may run it already.</summary>
    public bool IsTakenOver { get; init; }

    /// <summary>Whether no plan is asked for yet because nobody is there to run it.</summary>
    public bool AwaitsWorker { get; init; }

    /// <summary>Why there is no plan; null if there is one, or while it is made.</summary>
    public string? Problem { get; init; }

    /// <summary>When fragments failed lately.</summary>
    public ImmutableArray<TimeSpan> Failures { get; init; } = [];

    /// <summary>What became of it so far, latest last, for whoever asks.</summary>
    public ImmutableArray<string> History { get; init; } = [];

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
        Fragments = [.. Reports, .. Retired],
        Gaps = Losses.Known,
        Past = Losses.Past,
    };

    // One that fails before anything is heard of its last plan has still done what those before did. What live sources gave under plans that are accounted for is in the past already.
    private IEnumerable<FragmentReport> Reports
    {
        get
        {
            var reports = Parts.Values.Select(p => p.Report).OfType<FragmentReport>().ToList();
            return Failure is null || reports.Count > 0 ? reports : LastHeard.Select(r => r with { Sources = [.. r.Sources.Where(s => !s.IsLive || r.Epoch > Losses.Epoch)] });
        }
    }

    public IEnumerable<WorkerId> Where(Func<Part, bool> condition) => Parts.Where(p => condition(p.Value)).Select(p => p.Key);
}

/// <summary>A node's part in a run.</summary>
internal sealed record Part
{
    public bool IsDeployed { get; init; }

    /// <summary>The last meters of the fragment that ran there before; null if there are none.</summary>
    public FragmentReport? Predecessor { get; init; }

    /// <inheritdoc cref="Deployed.Recalled" />
    public ImmutableArray<SourceId> Recalled { get; init; } = [];

    public bool IsCompleted { get; init; }

    public bool IsStopped { get; init; }

    /// <summary>When the node was heard last.</summary>
    public TimeSpan HeardAt { get; init; }

    /// <summary>Its last report; null before the first, which also says that it has started.</summary>
    public FragmentReport? Report { get; init; }
}
