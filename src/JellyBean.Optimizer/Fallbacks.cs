using System.Collections.Immutable;
using JellyBean.Optimizer.Models;
using JellyBean.Planning;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Ladders;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Spares;

namespace JellyBean.Optimizer;

/// <summary>Completes a plan with what it carries for hard times: its ladder, and where a spare is asked for, where everything goes while a machine is missing.</summary>
internal static class Fallbacks
{
    /// <summary>Part of the rates that rounding may take: a plan that fills machines to the last bit must not lack a fallback for it.</summary>
    private const double Rounding = 1e-7;

    /// <summary>The plan with fallbacks and ladder; null where a machine is missing for which nothing was found.</summary>
    public static Plan? Complete(Plan plan, PlanningProblem problem, CancellationToken cancellation)
    {
        var used = plan.Workers.Select(w => w.Worker).ToImmutableArray();
        var fallbacks = new List<Fallback>();
        foreach (var worker in SpareMachines.MustHaveFallback(problem, used))
        {
            if (fallbacks.Exists(f => SpareMachines.CanStandFor(problem, f.Without, worker)))
            {
                continue;
            }

            var rest = WithWaysOf(plan, problem.Without(worker, used));
            if ((Planner.Plan(rest, cancellation).Plan ?? Planner.Plan(Slower(rest), cancellation).Plan) is not { } found)
            {
                return null;
            }

            var rates = problem.Sources.ToDictionary(s => s.Source, s => s.Rate);
            fallbacks.Add(new Fallback { Without = worker, Sources = [.. found.Sources.Select(s => s with { Rate = rates[s.Source] })], Placements = found.Placements, Routes = found.Routes });
        }

        return (plan with { Fallbacks = [.. fallbacks.OrderBy(f => f.Without)] }).WithLadder(problem);
    }

    /// <summary>The problem as if every model had the plan's way only.</summary>
    private static PlanningProblem WithWaysOf(Plan plan, PlanningProblem problem) => problem with
    {
        Profile = problem.Profile with
        {
            ServiceTimes = [.. problem.Profile.ServiceTimes.Where(t => t.Variant is null || plan[t.Operator] is var p && (p.Variant, p.BatchSize) == (t.Variant, t.BatchSize))],
        },
    };

    private static PlanningProblem Slower(PlanningProblem problem) => problem with { Sources = [.. problem.Sources.Select(s => s with { Rate = s.Rate * (1 - Rounding) })] };
}
