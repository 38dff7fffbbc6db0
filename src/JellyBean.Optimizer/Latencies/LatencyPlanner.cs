using System.Collections.Immutable;
using JellyBean.Optimizer.Models;
using JellyBean.Planning;
using JellyBean.Planning.Plans;
using JellyBean.Workflows.Graph;

namespace JellyBean.Optimizer.Latencies;

/// <summary>Plans where outputs ask for a latency.</summary>
/// <remarks>
/// The cheapest plan without that bounds the cost from below, and is the answer where it is quick enough. Else machines are bought that are less busy, by pools (<see cref="CautiousPools"/>), which gives a good plan
/// soon; and where the program over workers is not too large for it, that has the rest of the time to find a better one or to prove that there is none.
/// </remarks>
internal static class LatencyPlanner
{
    /// <summary>Shares to choose, up to which the program over workers gets anywhere.</summary>
    private const int MostShares = 2000;

    /// <summary>Parts of the time limit for what is asked without latencies, and for pools.</summary>
    private const double PartForBound = 0.2, PartForTrying = 0.2, PartForPools = 0.2;

    /// <summary>Part of a latency that is rounding.</summary>
    private const double Rounding = 1e-6;

    /// <summary>Part of its cost by which a plan must be beaten to be worth another look.</summary>
    public const double Gain = 1e-7;

    /// <param name="problem">A problem that asks for latencies.</param>
    /// <param name="layout">Its layout.</param>
    /// <param name="time">The search's time.</param>
    /// <param name="plan">Plans without.</param>
    public static PlanningResult Plan(PlanningProblem problem, Layout layout, SearchTime time, Func<PlanningProblem, PlanningResult> plan)
    {
        var limit = problem.Options.TimeLimit;
        var without = Without(problem);
        var relaxed = plan(without with { Options = without.Options with { TimeLimit = limit * PartForBound, GiveReasons = false } });
        if (relaxed.Status == PlanningStatus.Infeasible)
        {
            return problem.Options.GiveReasons ? relaxed with { Reasons = Infeasibility.Explain(problem, time.Cancellation) } : relaxed;
        }

        var best = relaxed.Plan is null ? null : Held(PlanAssembly.Widen(problem, layout, relaxed.Plan), problem, time.Cancellation);
        if (best is not null && relaxed.Status == PlanningStatus.Optimal)
        {
            return relaxed with { Plan = best, Elapsed = time.Clock };
        }

        best = QuickPlans.Search(problem, layout, best, time, limit * (PartForBound + PartForTrying)) ?? best;
        best = CautiousPools.Search(problem, layout, without, best, time, limit * (PartForBound + PartForTrying + PartForPools)) ?? best;
        var shares = layout.Operators.Sum(o => layout.WorkersOf(o.Id).Length * layout.WaysOf(o.Id).Length);
        if (best is not null && shares > MostShares)
        {
            return Result(problem, best, relaxed.BoundPerHour, $"{relaxed.Solver}, then less busy pools", time);
        }

        using var model = new PlanModel(problem, elastic: false);
        var most = best is null ? double.PositiveInfinity : CostOf(best, problem) * (1 - Gain);
        var found = model.SolveForCost(time.LeftOf(limit), most, time.Cancellation);
        if (found is SolveStatus.Optimal or SolveStatus.Feasible)
        {
            return Planner.WithPlan(problem, model, found, time, relaxed.BoundPerHour);
        }

        var bound = Math.Max(relaxed.BoundPerHour, found == SolveStatus.Infeasible ? most : Math.Min(most, model.BoundPerHour));
        return best is not null ? Result(problem, best, bound, model.Description, time) : Planner.WithoutPlan(problem, model, found, time);
    }

    /// <summary>A plan on the machines of the cheapest without latencies, where trying finds one soon: it holds, and nothing else is known of it.</summary>
    /// <inheritdoc cref="Plan" />
    public static PlanningResult PlanSoon(PlanningProblem problem, Layout layout, SearchTime time, Func<PlanningProblem, PlanningResult> plan)
    {
        var relaxed = plan(Without(problem));
        if (relaxed.Plan is null)
        {
            return relaxed;
        }

        var held = Held(PlanAssembly.Widen(problem, layout, relaxed.Plan), problem, time.Cancellation) ?? QuickPlans.On(problem, layout, relaxed.Plan, time);
        return held is null
            ? new PlanningResult { Status = PlanningStatus.Unknown }
            : relaxed with { Status = PlanningStatus.Feasible, Plan = held, MovesPerHour = Moves.PerHour(held, problem) };
    }

    /// <summary>The plan with all that it carries, if it meets everything.</summary>
    public static Plan? Held(Plan plan, PlanningProblem problem, CancellationToken cancellation)
    {
        var isLate = plan.Outputs.Any(o => problem.ObjectivesOf((OutputOperator)problem.Workflow[o.Output]).P99 is { } p99 && o.P99Ms > p99.TotalMilliseconds * (1 + Rounding));
        return !isLate && Fallbacks.Complete(plan with { Fallbacks = [], Ladder = [] }, problem, cancellation) is { } complete && PlanCheck.Violations(complete, problem).IsEmpty ? complete : null;
    }

    public static double CostOf(Plan plan, PlanningProblem problem) => plan.Cost.TotalPerHour + Moves.PerHour(plan, problem);

    private static PlanningProblem Without(PlanningProblem problem) => problem with
    {
        Objectives = problem.Workflow.Operators.OfType<OutputOperator>().ToImmutableSortedDictionary(o => o.Id, o => problem.ObjectivesOf(o) with { P99 = null }),
    };

    private static PlanningResult Result(PlanningProblem problem, Plan plan, double bound, string solver, SearchTime time)
    {
        var cost = CostOf(plan, problem);
        var gap = cost > 0 ? Math.Max(0, (cost - bound) / cost) : 0;
        return new PlanningResult
        {
            Status = gap <= 2 * Gain ? PlanningStatus.Optimal : PlanningStatus.Feasible,
            Plan = plan,
            MovesPerHour = Moves.PerHour(plan, problem),
            BoundPerHour = Math.Min(bound, cost),
            Gap = gap <= 2 * Gain ? 0 : gap,
            Solver = solver,
            Elapsed = time.Clock,
        };
    }
}
