using JellyBean.Hosting.Reports;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime;

namespace JellyBean.Hosting.Commands;

/// <summary>Which nodes a plan needs in this process.</summary>
internal static class NodePlan
{
    /// <summary>One node for each worker that the plan uses. The one farthest from the sources coordinates, as it would on machines of their own.</summary>
    public static IReadOnlyList<NodeDescription> NodesOf(Plan plan, InfrastructureCatalogue catalogue)
    {
        var workers = PlanReport.UsedWorkers(plan).ToList();
        var leader = workers.MaxBy(w => catalogue.Tiers.IndexOf(catalogue.TierOf(w)));
        return [.. workers.Select(w => Describe(w, catalogue.TypeOf(w), w == leader))];
    }

    private static NodeDescription Describe(WorkerId worker, WorkerType type, bool leads) => new()
    {
        Worker = worker,
        Tier = type.Tier,
        AlsoServes = type.AlsoServes,
        Cores = type.Cores,
        MemoryBytes = type.MemoryBytes,

        // A slower machine can be emulated here, a faster one only simulated.
        Speed = Math.Min(1, type.SpeedFactor),
        IsCoordinator = leads,
    };
}
