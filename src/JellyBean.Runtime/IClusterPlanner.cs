using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Replanning;
using JellyBean.Runtime.Commands;
using JellyBean.Workflows;

namespace JellyBean.Runtime;

/// <summary>Makes the plans of a cluster: the seam between control, which knows who is there, and the optimizer, which knows what is cheapest.</summary>
public interface IClusterPlanner
{
    /// <summary>Plans for the nodes that are there. Called again whenever they change in a way that matters; one call at a time.</summary>
    /// <param name="request">Who is there.</param>
    /// <param name="cancellationToken">The coordinator ends.</param>
    Task<ClusterPlan> PlanAsync(ClusterPlanRequest request, CancellationToken cancellationToken);

    /// <summary>The tiers that operators may be pinned to by hand.</summary>
    /// <value>Empty where those of the nodes that are there are all.</value>
    ImmutableArray<Tier> Tiers => [];
}

/// <summary>What is to be planned.</summary>
/// <param name="Members">The nodes that may be used, by name.</param>
/// <param name="IsFirst">Whether nothing has run yet: then nodes that are only late are better waited for than planned without.</param>
public sealed record ClusterPlanRequest(ImmutableArray<NodeDescription> Members, bool IsFirst)
{
    /// <summary>Where people keep operators, beside the workflow's own pins.</summary>
    public ImmutableSortedDictionary<OperatorId, Tier> Pins { get; init; } = ImmutableSortedDictionary<OperatorId, Tier>.Empty;

    /// <summary>The variants that people have chosen for operators; the planner chooses the others.</summary>
    public ImmutableSortedDictionary<OperatorId, string> Variants { get; init; } = ImmutableSortedDictionary<OperatorId, string>.Empty;

    /// <summary>Nodes that get nothing to run, whether they are there or not.</summary>
    public ImmutableSortedSet<WorkerId> Drained { get; init; } = [];

    /// <summary>What other workflows have of the nodes: only the rest may be used, and using it costs nothing more, as a machine is paid whole while anybody uses it.</summary>
    public ImmutableSortedDictionary<WorkerId, MachineShare> Taken { get; init; } = ImmutableSortedDictionary<WorkerId, MachineShare>.Empty;

    /// <summary>Of those, the ones that another workflow is charged for.</summary>
    public ImmutableSortedSet<WorkerId> PaidByOthers { get; init; } = [];

    /// <summary>Sources that people have added; one without settings is configured, and was brought back.</summary>
    public ImmutableArray<SourceAddition> Added { get; init; } = [];

    /// <summary>Configured sources that are left out.</summary>
    public ImmutableSortedSet<SourceId> Removed { get; init; } = [];

    /// <summary>Whether it is only asked what the plan would be: nothing is to be begun for it.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>The plan in force, which the next one replaces; null before the first. Of plans that cost the same, this one stays.</summary>
    public Plan? InForce { get; init; }

    /// <summary>What was measured under the plan in force, for a plan that is needed in any case; null where nothing was, or where <see cref="Replan"/> tells it.</summary>
    public ReplanQuestion? Known { get; init; }

    /// <summary>Whether another plan is worth moving to, for what is measured; null where a plan is needed in any case.</summary>
    public ReplanQuestion? Replan { get; init; }
}

/// <summary>What came of planning.</summary>
public sealed record ClusterPlan
{
    /// <summary>The plan; null where none fits.</summary>
    public Plan? Plan { get; init; }

    /// <summary>Why there is none.</summary>
    public ImmutableArray<string> Reasons { get; init; } = [];

    /// <summary>What the plan does not do of what was asked: sources that it leaves out, objectives that it misses. Empty where it does all.</summary>
    public ImmutableArray<string> Shortfalls { get; init; } = [];

    /// <summary>Whether the plan is worth moving to, and why; null where that was not asked, or where nothing could be planned.</summary>
    public ReplanDecision? Decision { get; init; }
}
