using System.Globalization;
using JellyBean.Optimizer;
using JellyBean.Optimizer.Heuristics;
using JellyBean.Optimizer.Tests.Published;
using JellyBean.Planning;

namespace JellyBean.Benchmarks.Figures;

/// <summary>What the planner saves against the published one, every freedom used, workers at most 80 % busy, no latency asked for.</summary>
internal static class PlannerSaving
{
    private const double Cap = 0.8;

    public static Figure Figure { get; } = new("planner.saving", ["mean-saving", "cells"], "at least 0.36 where the published planner answers; 23 of 24 cells solved, the other proven infeasible", _ => Task.FromResult(Measure()));

    private static FigureValue Measure()
    {
        var (shipped, better, exclusive, solved) = (new List<double>(), new List<double>(), new List<double>(), 0);
        foreach (var row in PublishedInstance.Rows("heuristic.csv").Where(r => PublishedInstance.Number(r["utilisation"]) == Cap))
        {
            PlanningProblem Cell(PlanningOptions mode) => PublishedInstance.Problem(mode with { UtilisationCap = Cap }, PublishedInstance.Number(row["accuracy"]), PublishedInstance.Number(row["rate"]));

            var published = PublishedHeuristic.Plan(Cell(PlanningModes.P1), PublishedInstance.Samples, givesBack: false);
            var other = PublishedHeuristic.Plan(Cell(PlanningModes.P1), PublishedInstance.Samples, givesBack: true);
            var found = Planner.Plan(Cell(PlanningModes.All));
            solved += found.Status == PlanningStatus.Optimal ? 1 : 0;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {row["accuracy"]} at {row["rate"]}: {found.Status} {found.Plan?.Cost.TotalPerHour:0.0000}, published {published?.CostPerHour:0.0000} and {other?.CostPerHour:0.0000}"));
            if (published is not null)
            {
                shipped.Add(1 - (found.Plan!.Cost.TotalPerHour / published.CostPerHour));
                better.Add(1 - (found.Plan.Cost.TotalPerHour / Math.Min(published.CostPerHour, other!.CostPerHour)));
                exclusive.Add(1 - (Planner.Plan(Cell(PlanningModes.Back)).Plan!.Cost.TotalPerHour / published.CostPerHour));
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  against the better of its two strategies {better.Average():0.0000}; without sharing workers {exclusive.Average():0.0000}"));
        return new FigureValue([shipped.Average(), solved]);
    }
}
