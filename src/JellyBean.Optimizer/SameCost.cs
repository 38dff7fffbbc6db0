using JellyBean.Optimizer.Models;
using JellyBean.Planning;
using JellyBean.Planning.Plans;

namespace JellyBean.Optimizer;

/// <summary>Of the plans that cost the same, the most accurate: accuracy that is to be had for nothing is taken.</summary>
/// <remarks>
/// A second search, for the time that the first one left. Where outputs ask for latencies, plans that are quick enough are only looked for where the cheapest without that runs: what is found holds, but a more
/// accurate one at the same cost may be missed.
/// </remarks>
internal static class SameCost
{
    /// <summary>Part of its cost by which a plan may be dearer and still costs the same: above what solvers leave open, below what anybody pays.</summary>
    private const double Tolerance = 1e-7;

    /// <summary>What may be paid, per hour, for a plan that costs nothing.</summary>
    private const double Nothing = 1e-6;

    /// <summary>The plan that was found, or a more accurate one that costs the same; what is known of its cost holds for both.</summary>
    public static PlanningResult MostAccurate(PlanningProblem problem, PlanningResult cheapest, SearchTime time)
    {
        if (cheapest.Plan is null || StaysInForce(problem, cheapest))
        {
            return cheapest;
        }

        var most = Most(cheapest);
        var within = problem with { Options = problem.Options with { BudgetPerHour = most, GiveReasons = false } };
        if (AccuracySearch.Above(within, cheapest, Affordable) is not { } found)
        {
            return cheapest;
        }

        Planner.Check(found.Plan!, problem);
        return cheapest with { Plan = found.Plan, MovesPerHour = found.MovesPerHour, Elapsed = time.Clock };

        PlanningResult Affordable(PlanningProblem asked)
        {
            var left = time.LeftOf(problem.Options.TimeLimit);
            var result = left == TimeSpan.Zero
                ? new PlanningResult { Status = PlanningStatus.Unknown }
                : Planner.Cheapest(asked with { Options = asked.Options with { TimeLimit = left } }, SearchTime.Start(time.Cancellation), isThorough: false);
            return result.Plan is { } plan && plan.Cost.TotalPerHour + result.MovesPerHour > most ? new PlanningResult { Status = PlanningStatus.Infeasible } : result;
        }
    }

    private static double Most(PlanningResult cheapest) => cheapest.Plan!.Cost.TotalPerHour + cheapest.MovesPerHour is var cost and > 0 ? cost * (1 + Tolerance) : Nothing;

    /// <summary>Whether the plan that runs now costs no more: nothing moves for accuracy that was not asked for.</summary>
    private static bool StaysInForce(PlanningProblem problem, PlanningResult cheapest) =>
        problem.InForce?.Plan is { } now && now.Cost.TotalPerHour + Moves.PerHour(now, problem) <= Most(cheapest) && PlanCheck.Violations(now with { Ladder = [] }, problem).IsEmpty;
}
