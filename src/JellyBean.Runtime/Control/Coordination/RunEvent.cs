using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Replanning;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Control.Upgrades;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>What a coordinator learns.</summary>
internal abstract record RunEvent
{
    /// <summary>A node said what it is.</summary>
    public sealed record NodeAnnounced(Announce Announce) : RunEvent;

    /// <summary>A node cannot be reached any more; its fragment may well go on.</summary>
    public sealed record NodeLost(WorkerId Worker) : RunEvent;

    /// <summary>A node is about to end, and asks for its fragment to be taken away.</summary>
    public sealed record NodeLeaving(WorkerId Worker) : RunEvent;

    /// <summary>The node that coordinates was told to end.</summary>
    public sealed record LeadEnds : RunEvent;

    /// <summary>A plan is to be run.</summary>
    public sealed record Submitted(string RunId, Plan Plan, long? Resume = null) : RunEvent;

    /// <summary>The workflow is to be run, by plans that are made here.</summary>
    public sealed record Wanted(string RunId) : RunEvent;

    /// <summary>A plan was made, or none fits.</summary>
    /// <param name="Asked">Which question it answers.</param>
    /// <param name="Answer">The answer.</param>
    public sealed record Planned(long Asked, ClusterPlan Answer) : RunEvent;

    /// <summary>Another plan should take the place of the one in force: the slow loop found it, or somebody asks for it by hand.</summary>
    /// <param name="Plan">Made for this workflow; its epoch is set here.</param>
    /// <param name="Reason">Why, as a sentence.</param>
    public sealed record Proposed(Plan Plan, string Reason) : RunEvent
    {
        /// <summary>What it does not do of what was asked.</summary>
        public ImmutableArray<string> Shortfalls { get; init; } = [];

        /// <summary>Whether it must come: if it cannot take the place of the one in force while elements flow, it does from the last snapshot.</summary>
        public bool IsUrgent { get; init; }
    }

    /// <summary>It is time to ask whether another plan is worth moving to.</summary>
    /// <param name="Trigger">Why, as a sentence.</param>
    /// <param name="Question">What is measured.</param>
    public sealed record ReplanDue(string Trigger, ReplanQuestion Question) : RunEvent;

    /// <summary>Somebody commands something, perhaps again.</summary>
    public sealed record Commanded(Command Command) : RunEvent
    {
        /// <summary>The other versions of the workflow in the cluster.</summary>
        public ImmutableArray<WorkflowStatus> Others { get; init; } = [];
    }

    /// <summary>Another version takes this one's place, and says what this one is to read.</summary>
    public sealed record VersionAsked(AskVersion Ask) : RunEvent;

    /// <summary>The version whose place this one takes says how it is.</summary>
    public sealed record VersionTold(VersionIs Version) : RunEvent;

    /// <summary>A snapshot is being taken.</summary>
    public sealed record SnapshotBegan(long Snapshot) : RunEvent;

    /// <summary>What somebody has chosen runs in place, or cannot.</summary>
    /// <param name="Command">The command's id.</param>
    /// <param name="Problem">Why it cannot; null if it does.</param>
    public sealed record Chosen(string Command, string? Problem) : RunEvent;

    /// <summary>The coordinator leads, and knows what was decided before.</summary>
    public sealed record Began(long Term, RunRecord Record) : RunEvent;

    /// <summary>What was last asked to be recorded survives this coordinator.</summary>
    public sealed record Recorded : RunEvent;

    /// <summary>The sources are to stop.</summary>
    public sealed record DrainRequested : RunEvent;

    /// <summary>The run is to stop at once.</summary>
    public sealed record AbortRequested(string Reason) : RunEvent;

    /// <summary>A node is ready.</summary>
    public sealed record NodeDeployed(WorkerId Worker, long Epoch, FragmentReport? Predecessor = null) : RunEvent
    {
        /// <inheritdoc cref="Deployed.Staying" />
        public ImmutableArray<OperatorId> Staying { get; init; } = [];

        /// <inheritdoc cref="Deployed.Recalled" />
        public ImmutableArray<SourceId> Recalled { get; init; } = [];
    }

    /// <summary>A node is not.</summary>
    public sealed record NodeDeployFailed(WorkerId Worker, long Epoch, string Reason) : RunEvent
    {
        /// <inheritdoc cref="DeployFailed.IsPossibleFromSnapshot" />
        public bool IsPossibleFromSnapshot { get; init; }
    }

    /// <summary>What ran on a node by the plan before is drained and has handed over; what it has of the new one runs.</summary>
    public sealed record NodeTakenOver(WorkerId Worker, long Epoch) : RunEvent;

    /// <summary>A node's meters.</summary>
    public sealed record NodeReported(WorkerId Worker, FragmentReport Fragment) : RunEvent;

    /// <summary>A node's fragment has ended well; its last meters.</summary>
    public sealed record NodeCompleted(WorkerId Worker, FragmentReport Last) : RunEvent;

    /// <summary>A node's fragment has failed.</summary>
    public sealed record NodeFailed(WorkerId Worker, long Epoch, string Cause) : RunEvent;

    /// <summary>Nothing of the epoch is left on a node.</summary>
    public sealed record NodeStopped(WorkerId Worker, long Epoch) : RunEvent;

    /// <summary>All parts of a snapshot are stored.</summary>
    public sealed record SnapshotComplete(long Snapshot, ImmutableArray<SnapshotReceipt> Parts) : RunEvent;

    /// <summary>The last snapshot of a run that has ended well, or of a plan that is about to end, is complete, or was given up.</summary>
    public sealed record Secured : RunEvent;

    /// <summary>Time has passed.</summary>
    public sealed record Tick : RunEvent
    {
        /// <summary>The machines that other workflows are charged for by now.</summary>
        public ImmutableSortedSet<WorkerId> PaidByOthers { get; init; } = [];
    }
}
