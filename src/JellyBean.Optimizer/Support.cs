using System.Collections.Immutable;
using JellyBean.Planning;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Optimizer;

/// <summary>Which combinations of options the planner answers. What it cannot plan exactly it does not plan.</summary>
internal static class Support
{
    /// <summary>What stands against planning a valid problem; empty where nothing does.</summary>
    public static ImmutableArray<string> Gaps(PlanningProblem problem)
    {
        var gaps = ImmutableArray.CreateBuilder<string>();
        var options = problem.Options;
        if (options.Routing == Routing.Proportional)
        {
            var tiers = problem.Catalogue.Workers.Select(w => problem.Catalogue.TierOf(w.Id)).Distinct().Order(Comparer<Tier>.Create((a, b) => string.CompareOrdinal(a.Name, b.Name))).ToList();
            if (tiers.Count > 2)
            {
                gaps.Add($"proportional routing is planned for at most two tiers; the catalogue has workers in {string.Join(", ", tiers)}. Allow free routing, or plan on two of them.");
            }

            if (options.AllowBackwardTraffic)
            {
                gaps.Add("proportional routing is planned only where nothing goes back to a tier nearer to the sources. Forbid backward traffic, or allow free routing.");
            }
        }

        foreach (var (output, worker) in problem.SinkWorkers.Where(s => options.SpareTiers.Contains(problem.Catalogue.TierOf(s.Value))))
        {
            gaps.Add($"a spare machine is asked for in tier {problem.Catalogue.TierOf(worker)}, where the sink of output '{output}' is bound to worker '{worker}': no other can stand in for it. Bind it elsewhere, or ask for no spare there.");
        }

        return gaps.ToImmutable();
    }
}
