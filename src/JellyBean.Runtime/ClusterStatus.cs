using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime;

/// <summary>What a cluster is and does at a moment, as its coordinator sees it.</summary>
public sealed record ClusterStatus
{
    /// <summary>The node that coordinates.</summary>
    public required WorkerId Coordinator { get; init; }

    /// <summary>Counts the coordinators there have been.</summary>
    public required long Term { get; init; }

    /// <summary>The nodes, by name.</summary>
    public required ImmutableArray<ClusterMember> Members { get; init; }

    /// <summary>What the run does, in a word: <c>idle</c>, <c>planning</c>, <c>gathering</c>, <c>recording</c>, <c>deploying</c>, <c>running</c>, <c>moving</c>, <c>draining</c>, <c>securing</c>, <c>stopping</c>.</summary>
    public required string Phase { get; init; }

    /// <summary>The run; empty while nothing is to run.</summary>
    public string RunId { get; init; } = "";

    /// <summary>The number of the plan in force; 0 before the first.</summary>
    public long Epoch { get; init; }

    /// <summary>What is about to take the place of the plan in force; null if nothing is.</summary>
    public TransitionStatus? Transition { get; init; }

    /// <summary>Since the plan in force was started, as far as this coordinator knows.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Why nothing runs although something should; null otherwise.</summary>
    public string? Problem { get; init; }

    /// <summary>What the plan in force, or else the last one of the run that has ended last, does not do of what was asked.</summary>
    public ImmutableArray<string> Shortfalls { get; init; } = [];

    /// <summary>The tiers that operators are pinned to by hand.</summary>
    public ImmutableSortedDictionary<OperatorId, Tier> Pins { get; init; } = ImmutableSortedDictionary<OperatorId, Tier>.Empty;

    /// <summary>The variants that were chosen by hand.</summary>
    public ImmutableSortedDictionary<OperatorId, string> Variants { get; init; } = ImmutableSortedDictionary<OperatorId, string>.Empty;

    /// <summary>The nodes that get nothing to run until they are returned, by name.</summary>
    public ImmutableArray<WorkerId> Drained { get; init; } = [];

    /// <summary>The sources that were added by hand, by name.</summary>
    public ImmutableArray<SourceId> Added { get; init; } = [];

    /// <summary>The configured sources that were removed by hand, by name.</summary>
    public ImmutableArray<SourceId> Removed { get; init; } = [];

    /// <summary>The sources that are held up until they are resumed, by name.</summary>
    public ImmutableArray<SourceId> Paused { get; init; } = [];

    /// <summary>What became of the run so far, or else of the one that has ended last, the latest last.</summary>
    public ImmutableArray<string> History { get; init; } = [];

    /// <summary>The latest decisions, the last one last, without what was measured; <see cref="IWorkflowControl.HistoryAsync"/> tells them whole, and those before.</summary>
    public ImmutableArray<Decision> Decisions { get; init; } = [];

    /// <summary>The run that has ended last; empty before the first.</summary>
    public string EndedRunId { get; init; } = "";

    /// <summary>Why that one failed; null if it did not.</summary>
    public string? EndedFailure { get; init; }

    /// <summary>The last plan of that one; 0 where it ended before it had any, null where only a coordinator before this one knew.</summary>
    public long? EndedEpoch { get; init; }

    /// <summary>What each node reported last of the plan in force, or else of the run that has ended last.</summary>
    public ImmutableArray<FragmentReport> Fragments { get; init; } = [];

    /// <summary>What became of each source's elements so far.</summary>
    public ImmutableArray<SourceProgress> Sources => SourceProgress.Of(Fragments, Past);

    /// <inheritdoc cref="RunReport.Gaps" />
    public ImmutableArray<OutputGap> Gaps { get; init; } = [];

    /// <inheritdoc cref="RunReport.Past" />
    internal ImmutableArray<SourceProgress> Past { get; init; } = [];
}

/// <summary>A node of a cluster.</summary>
/// <param name="Node">What it said of itself.</param>
/// <param name="IsReachable">Whether the coordinator sees it.</param>
/// <param name="IsLeaving">Whether it is about to end.</param>
/// <param name="Epoch">The plan that it has a fragment of; 0 if none.</param>
/// <param name="LinkAddress">Where it takes links from other processes; null if it takes none.</param>
public sealed record ClusterMember(NodeDescription Node, bool IsReachable, bool IsLeaving, long Epoch, NodeAddress? LinkAddress);
