using JellyBean.Optimizer.Latencies;
using JellyBean.Optimizer.Models;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;

namespace JellyBean.Optimizer;

/// <summary>Of the plans that cost the same, the most accurate, and of those the quicker one, where latencies are asked for: what is to be had for nothing is taken.</summary>
/// <remarks>
/// A second search, for the time that the first one left. The plan in force stays where it costs no more, unless moving is free and another is more accurate. Where outputs ask for latencies, plans that are
/// quick enough are only looked for where the cheapest without that runs: what is found holds, but a more accurate one at the same cost may be missed.
/// </remarks>
internal static class SameCost
{
    /// <summary>Part of its cost by which a plan may be dearer and still costs the same: above what solvers leave open, below what anybody pays.</summary>
    private const double Tolerance = 1e-7;

    /// <summary>What may be paid, per hour, for a plan that costs nothing.</summary>
    private const double Nothing = 1e-6;

    /// <summary>The plan that was found, the one in force, or a more accurate one, where these cost the same; what is known of the cost holds for all.</summary>
    public static PlanningResult MostAccurate(PlanningProblem problem, PlanningResult cheapest, SearchTime time)
    {
        if (cheapest.Plan is not { } found)
        {
            return cheapest;
        }

        var most = Most(cheapest);
        var stays = InForce(problem, most, time) is { } now ? cheapest with { Plan = now, MovesPerHour = Moves.PerHour(now, problem), Elapsed = time.Clock } : null;

        // Nothing moves for accuracy that nobody asked for; where moving is free, what runs is still what another must be better than.
        if (stays is not null && problem.InForce!.CountsMoves)
        {
            return stays;
        }

        var best = Above(problem, stays is not null && IsAsAccurate(stays.Plan!, found, problem) ? stays : cheapest, most, time);
        return ReferenceEquals(best, stays) ? stays : Quickest(problem, best, time);
    }

    /// <summary>Where latencies are asked for, the plan or a quicker one with the same variants.</summary>
    private static PlanningResult Quickest(PlanningProblem problem, PlanningResult found, SearchTime time) =>
        found.Plan!.Outputs.Any(o => o.MostP99Ms is not null) && QuickPlans.Than(problem, new Layout(problem), found.Plan, time) is { } quicker
            ? found with { Plan = quicker, MovesPerHour = Moves.PerHour(quicker, problem), Elapsed = time.Clock }
            : found;

    private static PlanningResult Above(PlanningProblem problem, PlanningResult cheapest, double most, SearchTime time)
    {
        var within = problem with { Options = problem.Options with { BudgetPerHour = most, GiveReasons = false } };
        if (AccuracySearch.Above(within, cheapest, Affordable) is not { } better)
        {
            return cheapest;
        }

        Planner.Check(better.Plan!, problem);
        return cheapest with { Plan = better.Plan, MovesPerHour = better.MovesPerHour, Elapsed = time.Clock };

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

    /// <summary>The plan that runs now, as it is for what is asked now; null where it costs more, or does not hold.</summary>
    private static Plan? InForce(PlanningProblem problem, double most, SearchTime time)
    {
        if (problem.InForce?.Plan is not { } now)
        {
            return null;
        }

        now = now with { Epoch = 0, Ladder = [] };
        var plan = PlanCheck.Violations(now, problem).IsEmpty ? now : Anew(now, problem);
        return plan is not null && LatencyPlanner.CostOf(plan, problem) <= most ? LatencyPlanner.Held(plan, problem, time.Cancellation) : null;
    }

    /// <summary>What a plan says was worked out for the rates and times of its day: the same machines and variants for those of now.</summary>
    private static Plan? Anew(Plan now, PlanningProblem problem)
    {
        var layout = new Layout(problem);
        return Draft.Of(now, layout) is { } draft && draft.Solve(layout) is { Stranded: 0 } solved ? PlanAssembly.Assemble(problem, solved.Solution) : null;
    }

    private static bool IsAsAccurate(Plan plan, Plan other, PlanningProblem problem)
    {
        var goal = AccuracyGoal.Of(problem);
        return goal.ValuesOf(VariantIn(plan)) is { } values && (goal.ValuesOf(VariantIn(other)) is not { } others || goal.Compare(values, others) >= 0);
    }

    private static Func<OperatorId, string?> VariantIn(Plan plan) => id => plan.Placements.FirstOrDefault(p => p.Operator == id)?.Variant;
}
