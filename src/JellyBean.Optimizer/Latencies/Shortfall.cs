using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Workflows.Graph;

namespace JellyBean.Optimizer.Latencies;

/// <summary>How far a plan is from what is allowed: the sum of all by which limits are passed, each as a part of itself. 0 where it holds; what it means is the plan check's to say.</summary>
internal static class Shortfall
{
    /// <summary>What counts for a latency without bound: the machine that is too busy for one counts besides.</summary>
    private const double NoBound = 100;

    private const double Rounding = 1e-9;

    public static double Of(PlanningProblem problem, Plan plan, PlanEvaluation evaluation)
    {
        var cap = problem.Options.UtilisationCap;
        var sum = 0.0;
        foreach (var worker in evaluation.UsedWorkers)
        {
            var type = problem.Catalogue.TypeOf(worker);
            sum += Over(evaluation.Cores(worker), cap * type.Cores) + Over(evaluation.MemoryBytes(worker), type.MemoryBytes);
        }

        sum += problem.Catalogue.Hosts.Sum(h => Over(problem.Catalogue.Workers.Where(w => w.Host == h.Id && evaluation.UsedWorkers.Contains(w.Id)).Sum(w => evaluation.HostCores(w.Id)), cap * h.Cores));
        sum += problem.Catalogue.Links.Sum(l => Over(evaluation.BytesPerSecond(l.From, l.To), l.BytesPerSecond));
        sum += plan.Placements.Sum(p => p.Instances.Sum(i => Over(evaluation.Cores(p, i), cap * i.Parallelism)));
        sum += problem.Options.BudgetPerHour is { } budget ? Over(plan.Cost.TotalPerHour, budget) : 0;
        sum += problem.Options.Sharing == WorkerSharing.Exclusive
            ? evaluation.UsedWorkers.Sum(w => Math.Max(0, plan.Placements.Count(p => p.Instances.Any(i => i.Worker == w && evaluation.Cores(p, i) > 0)) - 1))
            : 0;
        return sum + plan.Outputs.Sum(o => problem.ObjectivesOf((OutputOperator)problem.Workflow[o.Output]).P99 is not { } p99 ? 0 : double.IsFinite(o.P99Ms) ? Over(o.P99Ms, p99.TotalMilliseconds) : NoBound);
    }

    private static double Over(double used, double allowed) => used <= allowed * (1 + Rounding) ? 0 : Math.Min(NoBound, (used / Math.Max(allowed, double.Epsilon)) - 1);
}
