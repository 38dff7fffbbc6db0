using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Optimizer.Latencies;
using JellyBean.Optimizer.Models;
using JellyBean.Optimizer.Pools;
using JellyBean.Planning;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;

namespace JellyBean.Optimizer;

/// <summary>Finds the plan that costs the least among all that meet what is asked, and says how sure that is.</summary>
/// <remarks>
/// The same problem gives the same plan, unless time runs out; the order of a catalogue's or a profile's rows does not matter. Among plans that cost the same it takes one that spreads
/// operators less, keeps cores less busy, has shorter runs and sends less between tiers. Thread-safe.
/// </remarks>
public static class Planner
{
    /// <summary>Workers up to which those with state are told apart: that takes longer, and of equally cheap plans finds the tidier one.</summary>
    private const int FewWorkers = 16;

    /// <summary>Plans a workflow.</summary>
    /// <param name="problem">What is asked. It need not be valid: the result then says all that is wrong with it.</param>
    /// <exception cref="InvalidOperationException">The solver's plan fails the plan check, or there is no solver on this platform: a broken installation or a bug.</exception>
    public static PlanningResult Plan(PlanningProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        if (problem.Validate() is { IsEmpty: false } errors)
        {
            return new PlanningResult { Status = PlanningStatus.Invalid, Reasons = errors };
        }

        if (Support.Gaps(problem) is { IsEmpty: false } gaps)
        {
            return new PlanningResult { Status = PlanningStatus.Unsupported, Reasons = gaps };
        }

        if (problem.Options.Goal == PlanningGoal.MostAccuracy)
        {
            return AccuracySearch.Plan(problem, Plan);
        }

        if (Infeasibility.KnownReasons(problem) is { IsEmpty: false } reasons)
        {
            return new PlanningResult { Status = PlanningStatus.Infeasible, Reasons = reasons };
        }

        var layout = new Layout(problem);
        return layout.AsksLatency ? LatencyPlanner.Plan(problem, layout, without => PlanForCost(without, new Layout(without))) : PlanForCost(problem, layout);
    }

    private static PlanningResult PlanForCost(PlanningProblem problem, Layout layout)
    {
        var maySettleTies = layout.Workers.Length <= FewWorkers && layout.HoldsUndividedWork();
        if (!maySettleTies && PoolSearch.TryCreate(layout) is { } search && PoolPlanner.Plan(problem, layout, search) is { } planned)
        {
            return planned;
        }

        using var model = new PlanModel(problem, elastic: false);
        var found = model.SolveForCost(problem.Options.TimeLimit);
        return found is SolveStatus.Optimal or SolveStatus.Feasible ? WithPlan(problem, model, found) : WithoutPlan(problem, model, found, model.Elapsed);
    }

    /// <summary>Why a model has no plan.</summary>
    internal static PlanningResult WithoutPlan(PlanningProblem problem, PlanModel model, SolveStatus found, TimeSpan elapsed) => found switch
    {
        SolveStatus.Infeasible => new PlanningResult
        {
            Status = PlanningStatus.Infeasible,
            Reasons = Infeasibility.Explain(problem),
            Solver = model.Description,
            Elapsed = elapsed,
        },
        _ => new PlanningResult
        {
            Status = PlanningStatus.Unknown,
            BoundPerHour = model.BoundPerHour,
            Reasons = [string.Create(CultureInfo.InvariantCulture, $"No plan was found within {problem.Options.TimeLimit.TotalSeconds:0.###} s, and none is proven not to exist. Allow more time, or remove workers that need not be considered.")],
            Solver = model.Description,
            Elapsed = elapsed,
        },
    };

    /// <summary>Plans a workflow with every operator that is not pinned on one tier, for comparison: all-edge, all-cloud.</summary>
    /// <inheritdoc cref="Plan(PlanningProblem)" />
    public static PlanningResult PlanOn(PlanningProblem problem, Tier tier)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return Plan(problem with { Options = problem.Options with { OnlyTier = tier } });
    }

    /// <summary>The plan that a model found; no plan costs less than the bound, as far as that is known otherwise.</summary>
    internal static PlanningResult WithPlan(PlanningProblem problem, PlanModel model, SolveStatus found, double bound = 0)
    {
        var cheapest = PlanAssembly.Assemble(problem, model.Solution());
        var left = problem.Options.TimeLimit - model.Elapsed;
        var plan = cheapest;
        if (found is SolveStatus.Optimal && left > TimeSpan.Zero && model.SolveForTidiness(left))
        {
            var tidy = PlanAssembly.Assemble(problem, model.Solution());
            if (tidy.Cost.TotalPerHour + Moves.PerHour(tidy, problem) <= (cheapest.Cost.TotalPerHour + Moves.PerHour(cheapest, problem)) * (1 + 1e-9)
                && Fallbacks.Complete(tidy, problem) is { } complete && PlanCheck.Violations(complete, problem).IsEmpty)
            {
                plan = complete;
            }
        }

        plan = ReferenceEquals(plan, cheapest) ? Fallbacks.Complete(plan, problem) ?? plan : plan;
        Check(plan, problem);
        var moves = Moves.PerHour(plan, problem);
        var cost = plan.Cost.TotalPerHour + moves;
        bound = Math.Min(Math.Max(bound, model.BoundPerHour), cost);
        return new PlanningResult
        {
            Status = found is SolveStatus.Optimal ? PlanningStatus.Optimal : PlanningStatus.Feasible,
            Plan = plan,
            MovesPerHour = moves,
            BoundPerHour = bound,
            Gap = cost > 0 ? (cost - bound) / cost : 0,
            Solver = model.Description,
            Elapsed = model.Elapsed,
        };
    }

    /// <exception cref="InvalidOperationException">The plan fails the plan check.</exception>
    internal static void Check(Plan plan, PlanningProblem problem)
    {
        if (PlanCheck.Violations(plan, problem) is { IsEmpty: false } violations)
        {
            throw new InvalidOperationException($"The solver's plan for '{problem.Workflow.Name}' fails the plan check; please report it: {string.Join(" ", violations.Select(v => v.Message))}");
        }
    }
}
