using JellyBean.Optimizer.Models;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;

namespace JellyBean.Optimizer.Tests;

/// <summary>Every plan that spreads no operator, one by one, judged by the plan check alone.</summary>
internal static class BruteForce
{
    /// <summary>The least cost; null where no plan holds.</summary>
    public static double? LeastCost(PlanningProblem problem)
    {
        var layout = new Layout(problem);
        var best = default(double?);
        foreach (var ways in Product([.. layout.Operators.Select(o => layout.WaysOf(o.Id).AsEnumerable())]))
        {
            foreach (var workers in Product([.. layout.Operators.Select(o => layout.WorkersOf(o.Id).Select(w => w.Id))]))
            {
                var plan = PlanOf(problem, layout, ways, workers);
                if ((best is null || plan.Cost.TotalPerHour < best) && PlanCheck.Violations(plan, problem).IsEmpty)
                {
                    best = plan.Cost.TotalPerHour;
                }
            }
        }

        return best;
    }

    private static Plan PlanOf(PlanningProblem problem, Layout layout, Way[] ways, WorkerId[] workers)
    {
        var at = layout.Operators.Select((o, i) => (o.Id, i)).ToDictionary(o => o.Id, o => o.i);
        var flows = layout.Rates.Flows.Select((f, i) => (Flow: f, i)).ToList();
        return PlanAssembly.Assemble(problem, new Solution(
            layout,
            at.ToDictionary(o => o.Key, o => ways[o.Value]),
            layout.Operators.SelectMany(o => layout.WorkersOf(o.Id).Select(w => (Key: (o.Id, w.Id), Share: w.Id == workers[at[o.Id]] ? 1.0 : 0))).ToDictionary(s => s.Key, s => s.Share),
            layout.Sources.ToDictionary(s => s.Source, s => workers[at[s.Input]]),
            flows.ToDictionary(f => (f.i, (string?)null, layout.TierOf(workers[at[f.Flow.From]]), layout.TierOf(workers[at[f.Flow.To]])), _ => 1.0)));
    }

    private static IEnumerable<T[]> Product<T>(IReadOnlyList<IEnumerable<T>> choices) =>
        choices.Aggregate((IEnumerable<T[]>)[[]], (all, next) => all.SelectMany(head => next.Select(n => (T[])[.. head, n])));
}
