using System.Collections.Immutable;
using JellyBean.Hosting.Commands;
using JellyBean.Hosting.Configuration;
using JellyBean.Hosting.Provisioning;
using JellyBean.Planning;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Clusters;

/// <summary>Plans what is configured for the nodes that are there. What there is to know, times above all, is found out once, in the background; prices and links are read again for every plan.</summary>
internal sealed class MemberPlanner(
    Func<CancellationToken, Task<PlanningProblem>> prepare, Func<InfrastructureCatalogue, InfrastructureCatalogue> catalogueNow, IPlanner planner, ImmutableArray<Tier> tiers, AddedSources sources, WorkerProvisioning? provisioning, CancellationToken ends) : IClusterPlanner
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
        var prepared = await Begin().WaitAsync(cancellationToken).ConfigureAwait(false);
        PlanningProblem problem;
        try
        {
            problem = await sources.ApplyAsync(prepared with { Catalogue = catalogueNow(prepared.Catalogue) }, request, cancellationToken).ConfigureAwait(false);
        }
        catch (BadInputException cause)
        {
            return new ClusterPlan { Reasons = [.. cause.Errors] };
        }

        var startable = request.IsDryRun ? [] : provisioning?.Startable(request) ?? [];
        var plan = await SolveAsync(startable).ConfigureAwait(false);
        var missing = startable.Select(s => s.Worker).Where(w => plan.Plan is { } p && (p.Standby.Contains(w) || p.Placements.Any(o => o.Instances.Any(i => i.Worker == w)))).ToImmutableSortedSet();
        if (missing.IsEmpty)
        {
            return plan;
        }

        var joined = await provisioning!.EnsureAsync(missing, cancellationToken).ConfigureAwait(false);
        return joined.Count == missing.Count ? plan : await SolveAsync([.. startable.Where(s => joined.Contains(s.Worker))]).ConfigureAwait(false);

        Task<ClusterPlan> SolveAsync(ImmutableArray<ProvisionedWorker> also) =>
            Preparation.SolveAsync(() => MemberPlan.Of(problem, request with { Members = [.. request.Members, .. also.Select(s => As(s, problem.Catalogue))] }, planner.Until(cancellationToken)), cancellationToken);
    }

    /// <summary>What a worker will be once it is there.</summary>
    private static NodeDescription As(ProvisionedWorker worker, InfrastructureCatalogue catalogue)
    {
        var type = catalogue.TypeOf(worker.Worker);
        return new NodeDescription { Worker = worker.Worker, Tier = worker.Tier, Type = worker.Type, Cores = type.Cores, MemoryBytes = type.MemoryBytes };
    }
}
