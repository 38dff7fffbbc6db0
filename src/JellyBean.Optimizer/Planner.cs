using System.Collections.Immutable;
using JellyBean.Optimizer.Latencies;
using JellyBean.Optimizer.Models;
using JellyBean.Optimizer.Pools;
using JellyBean.Planning;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;

namespace JellyBean.Optimizer;

/// <summary>Finds the plan that costs the least among all that meet what is asked, and says how sure that is.</summary>
/// <remarks>
/// The same problem gives the same plan, unless time runs out; the order of a catalogue's or a profile's rows does not matter. Among plans that cost the same it takes the most accurate, by the metrics that
/// objectives name; of these the plan in force, which stays in any case where moves count; where latencies are asked for, one with a lower p99 on the same machines; then one that spreads operators less, keeps cores less busy, has shorter runs and sends less between tiers. Thread-safe.
/// </remarks>
public static class Planner
{
    /// <summary>Workers up to which those with state are told apart: that takes longer, and of equally cheap plans finds the tidier one.</summary>
    private const int FewWorkers = 16;

    /// <summary>Plans a workflow.</summary>
    /// <param name="problem">What is asked. It need not be valid: the result then says all that is wrong with it.</param>
    /// <exception cref="InvalidOperationException">The solver's plan fails the plan check, or there is no solver on this platform: a broken installation or a bug.</exception>
    public static PlanningResult Plan(PlanningProblem problem) => Plan(problem, CancellationToken.None);

    /// <param name="problem">What is asked. It need not be valid: the result then says all that is wrong with it.</param>
    /// <param name="cancellationToken">Ends the search, within some tenths of a second.</param>
    /// <exception cref="OperationCanceledException">The search was ended.</exception>
    /// <inheritdoc cref="Plan(PlanningProblem)" />
    public static PlanningResult Plan(PlanningProblem problem, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return Plan(problem, SearchTime.Start(cancellationToken));
    }

    /// <param name="problem">What is asked.</param>
    /// <param name="time">What the problem's time limit is held against, from now on.</param>
    private static PlanningResult Plan(PlanningProblem problem, SearchTime time)
    {
        if (problem.Validate() is { IsEmpty: false } errors)
        {
            return new PlanningResult { Status = PlanningStatus.Invalid, Reasons = errors };
        }

        if (Support.Gaps(problem) is { IsEmpty: false } gaps)
        {
            return new PlanningResult { Status = PlanningStatus.Unsupported, Reasons = gaps };
        }

        return problem.Options.Goal == PlanningGoal.MostAccuracy
            ? AccuracySearch.Plan(problem, p => Cheapest(p, SearchTime.Start(time.Cancellation)))
            : SameCost.MostAccurate(problem, Cheapest(problem, time), time);
    }

    /// <summary>A plan that costs the least, whichever.</summary>
    /// <param name="problem">What is asked; known to be valid.</param>
    /// <param name="time">What its time limit is held against.</param>
    /// <param name="isThorough">Whether to look everywhere for a plan that is quick enough, or only where one is soon found.</param>
    internal static PlanningResult Cheapest(PlanningProblem problem, SearchTime time, bool isThorough = true)
    {
        if (Infeasibility.KnownReasons(problem) is { IsEmpty: false } reasons)
        {
            return new PlanningResult { Status = PlanningStatus.Infeasible, Reasons = reasons };
        }

        var layout = new Layout(problem);
        PlanningResult WithoutLatency(PlanningProblem without) => PlanForCost(without, new Layout(without), SearchTime.Start(time.Cancellation));
        return !layout.AsksLatency ? PlanForCost(problem, layout, time)
            : isThorough ? LatencyPlanner.Plan(problem, layout, time, WithoutLatency)
            : LatencyPlanner.PlanSoon(problem, layout, time, WithoutLatency);
    }

    private static PlanningResult PlanForCost(PlanningProblem problem, Layout layout, SearchTime time)
    {
        var maySettleTies = layout.Workers.Length <= FewWorkers && layout.HoldsUndividedWork();
        if (!maySettleTies && PoolSearch.TryCreate(layout, cancellation: time.Cancellation) is { } search && PoolPlanner.Plan(problem, layout, search, time.Cancellation) is { } planned)
        {
            return planned;
        }

        using var model = new PlanModel(problem, elastic: false);
        var found = model.SolveForCost(time.LeftOf(problem.Options.TimeLimit), cancellation: time.Cancellation);
        return found is SolveStatus.Optimal or SolveStatus.Feasible ? WithPlan(problem, model, found, time) : WithoutPlan(problem, model, found, time);
    }

    /// <summary>Why a model has no plan.</summary>
    internal static PlanningResult WithoutPlan(PlanningProblem problem, PlanModel model, SolveStatus found, SearchTime time) => found switch
    {
        SolveStatus.Infeasible => new PlanningResult
        {
            Status = PlanningStatus.Infeasible,
            Reasons = Infeasibility.Explain(problem, time.Cancellation),
            Solver = model.Description,
            Elapsed = time.Clock,
        },
        _ => new PlanningResult
        {
            Status = PlanningStatus.Unknown,
            BoundPerHour = model.BoundPerHour,
            Reasons = [SearchTime.RanOut(problem.Options)],
            Solver = model.Description,
            Elapsed = time.Clock,
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
    internal static PlanningResult WithPlan(PlanningProblem problem, PlanModel model, SolveStatus found, SearchTime time, double bound = 0)
    {
        var cheapest = PlanAssembly.Assemble(problem, model.Solution());
        var left = time.LeftOf(problem.Options.TimeLimit);
        var plan = cheapest;
        if (found is SolveStatus.Optimal && left > TimeSpan.Zero && model.SolveForTidiness(left, time.Cancellation))
        {
            var tidy = PlanAssembly.Assemble(problem, model.Solution());
            if (tidy.Cost.TotalPerHour + Moves.PerHour(tidy, problem) <= (cheapest.Cost.TotalPerHour + Moves.PerHour(cheapest, problem)) * (1 + 1e-9)
                && Fallbacks.Complete(tidy, problem, time.Cancellation) is { } complete && PlanCheck.Violations(complete, problem).IsEmpty)
            {
                plan = complete;
            }
        }

        plan = ReferenceEquals(plan, cheapest) ? Fallbacks.Complete(plan, problem, time.Cancellation) ?? plan : plan;
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
            Elapsed = time.Clock,
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
