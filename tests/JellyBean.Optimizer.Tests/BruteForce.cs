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
                foreach (var standby in Standbys(problem))
                {
                    var plan = PlanOf(problem, layout, ways, workers, standby);
                    if ((best is null || plan.Cost.TotalPerHour < best) && PlanCheck.Violations(plan, WithoutSpares(problem)).IsEmpty && HasFallbacks(plan, problem))
                    {
                        best = plan.Cost.TotalPerHour;
                    }
                }
            }
        }

        return best;
    }

    private static PlanningProblem WithoutSpares(PlanningProblem problem) => problem with { Options = problem.Options with { SpareTiers = [] } };

    /// <summary>What may be paid beside what is used: nothing, or where spares are asked for every set of machines.</summary>
    private static IEnumerable<WorkerId[]> Standbys(PlanningProblem problem) => problem.Options.SpareTiers.IsEmpty
        ? [[]]
        : problem.Catalogue.Workers.Aggregate((IEnumerable<WorkerId[]>)[[]], (all, w) => all.SelectMany(s => (WorkerId[][])[s, [.. s, w.Id]]));

    /// <summary>Whether without any one of the machines that may fail some plan with the same ways holds on the rest.</summary>
    private static bool HasFallbacks(Plan plan, PlanningProblem problem) => plan.Workers.Select(w => w.Worker).Where(w => problem.Options.SpareTiers.Contains(problem.Catalogue.TierOf(w))).All(w =>
    {
        var left = plan.Workers.Select(u => u.Worker).Where(u => u != w).ToHashSet();
        var rest = WithoutSpares(problem) with { Catalogue = problem.Catalogue with { Workers = problem.Catalogue.Workers.RemoveAll(k => !left.Contains(k.Id)) } };
        if (!rest.Validate().IsEmpty)
        {
            return false;
        }

        var layout = new Layout(rest);
        Way[] ways = [.. layout.Operators.Select(o => new Way(plan[o.Id].Variant, plan[o.Id].BatchSize))];
        return Product([.. layout.Operators.Select(o => layout.WorkersOf(o.Id).Select(k => k.Id))]).Any(workers => PlanCheck.Violations(PlanOf(rest, layout, ways, workers, []), rest).IsEmpty);
    });

    private static Plan PlanOf(PlanningProblem problem, Layout layout, Way[] ways, WorkerId[] workers, WorkerId[] standby)
    {
        var at = layout.Operators.Select((o, i) => (o.Id, i)).ToDictionary(o => o.Id, o => o.i);
        var flows = layout.Rates.Flows.Select((f, i) => (Flow: f, i)).ToList();
        return PlanAssembly.Assemble(problem, new Solution(
            layout,
            at.ToDictionary(o => o.Key, o => ways[o.Value]),
            layout.Operators.SelectMany(o => layout.WorkersOf(o.Id).Select(w => (Key: (o.Id, w.Id), Share: w.Id == workers[at[o.Id]] ? 1.0 : 0))).ToDictionary(s => s.Key, s => s.Share),
            layout.Sources.ToDictionary(s => s.Source, s => workers[at[s.Input]]),
            flows.ToDictionary(f => (f.i, (string?)null, layout.TierOf(workers[at[f.Flow.From]]), layout.TierOf(workers[at[f.Flow.To]])), _ => 1.0))
        { Paid = standby });
    }

    private static IEnumerable<T[]> Product<T>(IReadOnlyList<IEnumerable<T>> choices) =>
        choices.Aggregate((IEnumerable<T[]>)[[]], (all, next) => all.SelectMany(head => next.Select(n => (T[])[.. head, n])));
}
