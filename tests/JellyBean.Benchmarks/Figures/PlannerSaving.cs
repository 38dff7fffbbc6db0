using System.Globalization;
using JellyBean.Optimizer;
using JellyBean.Optimizer.Heuristics;
using JellyBean.Optimizer.Tests.Published;
using JellyBean.Planning;

namespace JellyBean.Benchmarks.Figures;

/// <summary>What the planner saves against the published one, every freedom used, workers at most 80 % busy, no latency asked for; and beside it, what becomes of that where more is asked.</summary>
internal static class PlannerSaving
{
    private const double Cap = 0.8;

    /// <summary>Part of the latency of the cheapest plan that is asked for in its place.</summary>
    private const double Quicker = 0.5;

    /// <summary>How long each cell may take with a latency objective.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public static Figure Figure { get; } = new("planner.saving", ["mean-saving", "cells"], "at least 0.36 where the published planner answers; 23 of 24 cells solved, the other proven infeasible", _ => MeasureAsync());

    private static async Task<FigureValue> MeasureAsync()
    {
        var interference = await MeasuredInterference.MedianAsync();
        var (shipped, better, exclusive, quick, disturbed, solved) = (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>(), 0);
        var late = 0;
        foreach (var row in PublishedInstance.Rows("heuristic.csv").Where(r => PublishedInstance.Number(r["utilisation"]) == Cap))
        {
            PlanningProblem Cell(PlanningOptions mode) => PublishedInstance.Problem(mode with { UtilisationCap = Cap }, PublishedInstance.Number(row["accuracy"]), PublishedInstance.Number(row["rate"]));

            var published = PublishedHeuristic.Plan(Cell(PlanningModes.P1), PublishedInstance.Samples, givesBack: false);
            var other = PublishedHeuristic.Plan(Cell(PlanningModes.P1), PublishedInstance.Samples, givesBack: true);
            var found = Planner.Plan(Cell(PlanningModes.All));
            solved += found.Status == PlanningStatus.Optimal ? 1 : 0;
            Console.WriteLine(Text($"  {row["accuracy"]} at {row["rate"]}: {found.Status} {found.Plan?.Cost.TotalPerHour:0.0000}, published {published?.CostPerHour:0.0000} and {other?.CostPerHour:0.0000}"));
            if (published is not null)
            {
                var alone = Planner.Plan(Cell(PlanningModes.Back)).Plan!.Cost.TotalPerHour;
                shipped.Add(1 - (found.Plan!.Cost.TotalPerHour / published.CostPerHour));
                better.Add(1 - (found.Plan.Cost.TotalPerHour / Math.Min(published.CostPerHour, other!.CostPerHour)));
                exclusive.Add(1 - (alone / published.CostPerHour));

                // Where sharing a machine makes runs longer, operators may still have machines of their own.
                var shared = Planner.Plan(Slower(Cell(PlanningModes.All), interference ?? 1)).Plan?.Cost.TotalPerHour ?? double.PositiveInfinity;
                disturbed.Add(1 - (Math.Min(shared, alone) / published.CostPerHour));
                if (CostOfQuicker(Cell(PlanningModes.All), found.Plan.Outputs[0].P99Ms * Quicker) is { } cost)
                {
                    quick.Add(1 - (cost / published.CostPerHour));
                }
                else
                {
                    late++;
                }
            }
        }

        Console.WriteLine(Text($"  against the better of its two strategies {better.Average():0.0000}; without sharing workers {exclusive.Average():0.0000}"));
        Console.WriteLine(Text($"  with half the p99 of each cell's cheapest plan as an objective, which the published planner does not keep: {(quick.Count > 0 ? quick.Average() : double.NaN):0.0000} ({quick.Count} cells; no plan in {late})"));
        Console.WriteLine(interference is { } factor
            ? Text($"  with runs {factor:0.00} times as long on shared workers, or workers of their own where that is cheaper: {disturbed.Average():0.0000}; the factor is the example's, measured on this machine by its command 'profile', not of this instance")
            : "  interference between shared operators: not measured on this machine; the example's command 'profile' does");
        return new FigureValue([shipped.Average(), solved]);
    }

    private static PlanningProblem Slower(PlanningProblem problem, double times) => problem with
    {
        Profile = problem.Profile with { ServiceTimes = [.. problem.Profile.ServiceTimes.Select(t => t with { ServiceMs = t.ServiceMs * times })] },
    };

    private static double? CostOfQuicker(PlanningProblem problem, double p99Ms)
    {
        var (output, objectives) = problem.Objectives.First();
        return Planner.Plan(problem with
        {
            Objectives = problem.Objectives.SetItem(output, objectives with { P99 = TimeSpan.FromMilliseconds(p99Ms) }),
            Options = problem.Options with { TimeLimit = Limit, GiveReasons = false },
        }).Plan?.Cost.TotalPerHour;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
