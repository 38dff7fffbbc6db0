using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using JellyBean.Optimizer.Models;
using JellyBean.Planning;
using JellyBean.Planning.Plans;

namespace JellyBean.Optimizer.Pools;

/// <summary>Plans by pools of alike workers, where that says all there is to say.</summary>
internal static class PoolPlanner
{
    /// <summary>Machines of each pool beyond those there are, to ask what would do where these do not.</summary>
    private const int Spare = 1000;

    /// <summary>A search that ends within this is done before a start for it is worked out.</summary>
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(20);

    /// <summary>The plan; null where what is whole does not fit into the machines side by side, so that workers must be told apart.</summary>
    public static PlanningResult? Plan(PlanningProblem problem, Layout layout, PoolSearch search, CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        var most = problem.Options.BudgetPerHour * (1 + 1e-9) ?? double.PositiveInfinity;
        search.Run(TimeSpan.FromTicks(Math.Min(Quick.Ticks, problem.Options.TimeLimit.Ticks)), below: most);
        // What is found at once needs no start, and looking at the plan in force takes as long.
        var start = search.IsExhausted ? null : WarmStart.Of(problem, layout);
        search.Run(problem.Options.TimeLimit, below: Math.Min(most, start is null ? double.PositiveInfinity : Total(start)));
        if (search.Best is null && start is null)
        {
            return search.IsExhausted
                ? new PlanningResult { Status = PlanningStatus.Infeasible, Reasons = Reasons(problem, layout, cancellation), Solver = Describe(search), Elapsed = clock.Elapsed }
                : new PlanningResult
                {
                    Status = PlanningStatus.Unknown,
                    BoundPerHour = search.Bound,
                    Reasons = [SearchTime.RanOut(problem.Options)],
                    Solver = Describe(search),
                    Elapsed = clock.Elapsed,
                };
        }

        var plan = search.Best is { } best ? PlanAssembly.Assemble(problem, best.ByWorkers()) : start!;
        if (start is not null && Total(start) < Total(plan))
        {
            plan = start;
        }

        // Of equally cheap plans the one that runs now stays.
        if (problem.InForce?.Plan is { } now && !Differs(Total(now), Total(plan)) && PlanCheck.Violations(now, problem).IsEmpty)
        {
            plan = now;
        }

        var cost = Total(plan);
        if (search.Best?.HoldsWhole == true && PlanCheck.Violations(plan, problem).Any(v => v.Constraint is PlanConstraint.Utilisation or PlanConstraint.Parallelism))
        {
            return null;
        }

        if (Fallbacks.Complete(plan, problem, cancellation) is not { } complete)
        {
            return null;
        }

        plan = complete;
        Planner.Check(plan, problem);
        var bound = Math.Min(search.Bound, cost);
        return new PlanningResult
        {
            Status = search.IsExhausted ? PlanningStatus.Optimal : PlanningStatus.Feasible,
            Plan = plan,
            MovesPerHour = Moves.PerHour(plan, problem),
            BoundPerHour = bound,
            Gap = cost > 0 ? (cost - bound) / cost : 0,
            Solver = Describe(search),
            Elapsed = clock.Elapsed,
        };

        double Total(Plan of) => of.Cost.TotalPerHour + Moves.PerHour(of, problem);
    }

    /// <summary>The machines that are missing for the cheapest plan that would then be; where no machines help, what the whole program says.</summary>
    private static ImmutableArray<string> Reasons(PlanningProblem problem, Layout layout, CancellationToken cancellation)
    {
        if (!problem.Options.GiveReasons)
        {
            return [Infeasibility.Unexplained];
        }

        if (problem.Options.BudgetPerHour is { } budget && Planner.Plan(problem with { Options = problem.Options with { BudgetPerHour = null } }, cancellation).Plan is { } dearer)
        {
            return [Text($"the cheapest plan costs {Money.PerHour(dearer.Cost.TotalPerHour, problem.Catalogue.Currency)}; allowed: {budget:0.####}. Allow more, or ask for less.")];
        }

        var search = PoolSearch.TryCreate(layout, Spare, cancellation)!;
        search.Run(problem.Options.TimeLimit, gap: 1e-3);
        if (search.Best is not { } nearest)
        {
            return Infeasibility.Explain(problem, cancellation);
        }

        var variants = string.Join(", ", nearest.Assignment.Ways.Where(w => w.Value.Variant is not null).OrderBy(w => w.Key).Select(w => $"{w.Key}={w.Value.Variant}"));
        return [.. nearest.Missing().Select(m =>
            Text($"the machines do not suffice: the nearest plan{(variants.Length > 0 ? $" (with {variants})" : "")} needs {m.Pool.Count + m.More} of type '{m.Pool.Type.Id}' in tier {m.Pool.Tier}; there {(m.Pool.Count == 1 ? "is" : "are")} {m.Pool.Count}. Add {m.More} more, lower rates or an accuracy floor, or raise the utilisation cap."))];
    }

    private static bool Differs(double a, double b) => Math.Abs(a - b) > 1e-9 * Math.Max(Math.Abs(a), Math.Abs(b));

    private static string Describe(PoolSearch search) =>
        Text($"pools, {search.Looked} of {search.Assignments} variant assignments, {search.Nodes} nodes, {search.Pivots} pivots");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
