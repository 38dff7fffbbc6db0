using System.Collections.Immutable;
using JellyBean.Optimizer.Heuristics;
using JellyBean.Planning;
using JellyBean.Planning.Explanation;

namespace JellyBean.Hosting.Commands;

/// <summary>A plan with why it is as it is.</summary>
/// <param name="Prepared">What was planned; what was asked with a change is in it changed.</param>
/// <param name="Explanation">Why the plan is as it is; null where there is none, or where it was not asked for.</param>
/// <param name="Relaxations">The smallest sets of what must give where no plan fits.</param>
/// <param name="Change">What was changed to ask; null where nothing was.</param>
internal sealed record ExplainedPlan(Prepared Prepared, PlanExplanation? Explanation, ImmutableArray<Relaxation> Relaxations, PlanChange? Change)
{
    /// <summary>What the published planner answers; null where it is not compared with.</summary>
    public HeuristicAnswer? Heuristic { get; init; }
}

/// <summary>What the published planner answers.</summary>
/// <param name="Answer">Cost and variants; null where it finds nothing.</param>
internal sealed record HeuristicAnswer(PublishedAnswer? Answer);

/// <summary>A change to what was configured.</summary>
/// <param name="Changes">As the command line says them.</param>
/// <param name="Before">What came of planning without them.</param>
internal sealed record PlanChange(string Changes, PlanningResult Before);
