using System.Collections.Immutable;
using JellyBean.Hosting.Commands;
using JellyBean.Planning;
using JellyBean.Runtime;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Clusters;

/// <summary>Plans what is configured for the nodes that are there. What there is to know, times above all, is found out once, in the background.</summary>
internal sealed class MemberPlanner(Func<CancellationToken, Task<PlanningProblem>> prepare, IPlanner planner, ImmutableArray<Tier> tiers, CancellationToken ends) : IClusterPlanner
{
    private readonly Lock _gate = new();
    private Task<PlanningProblem>? _problem;

    public ImmutableArray<Tier> Tiers => tiers;

    /// <summary>Begins to find out what there is to plan, so that the first plan need not wait for it.</summary>
    public Task<PlanningProblem> Begin()
    {
        lock (_gate)
        {
            // What went wrong may be right the next time: a source that was not plugged in, a file that was not there.
            return _problem = _problem is null or { IsFaulted: true } or { IsCanceled: true } ? Task.Run(() => prepare(ends), ends) : _problem;
        }
    }

    public async Task<ClusterPlan> PlanAsync(ClusterPlanRequest request, CancellationToken cancellationToken)
    {
        var problem = await Begin().WaitAsync(cancellationToken).ConfigureAwait(false);
        return await Preparation.SolveAsync(() => MemberPlan.Of(problem, request, planner), cancellationToken).ConfigureAwait(false);
    }
}
