using System.Globalization;
using JellyBean.Optimizer;
using JellyBean.Optimizer.Tests.Published;
using JellyBean.Planning;

namespace JellyBean.Benchmarks.Figures;

/// <summary>The published planning instance: its proven optima, and what planning one cell takes.</summary>
internal static class PlannerCells
{
    public static Figure Golden { get; } = new("planner.golden", ["matched", "of"], "every cell to 1e-6, infeasible ones infeasible", _ => Task.FromResult(MeasureGolden()));

    public static Figure Time { get; } = new("planner.time.9x3", ["ms-p95", "gap"], "at most 100 ms of processor time, gap 1e-7", _ => Task.FromResult(MeasureTime()));

    public static IReadOnlyList<(PlanningProblem Problem, Dictionary<string, string> Row)> Cells { get; } = [.. PublishedInstance.Rows("golden.csv").Select(r =>
        (PublishedInstance.Problem(PlanningModes.ByName[r["mode"]], PublishedInstance.Number(r["accuracy"]), PublishedInstance.Number(r["rate"])), r))];

    /// <summary>Milliseconds of processor time of the whole process, compiler and collector included.</summary>
    public static double Milliseconds(Action action)
    {
        var before = Environment.CpuUsage.TotalTime;
        action();
        return (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
    }

    /// <summary>The value that a part of all values does not exceed.</summary>
    public static double Quantile(IEnumerable<double> values, double part)
    {
        var sorted = values.Order().ToList();
        return sorted[Math.Min(sorted.Count - 1, (int)(part * sorted.Count))];
    }

    private static FigureValue MeasureGolden()
    {
        var matched = 0;
        foreach (var (problem, row) in Cells)
        {
            var found = Planner.Plan(problem);
            var isRight = row["total"].Length == 0
                ? found.Status == PlanningStatus.Infeasible
                : found.Status == PlanningStatus.Optimal && Math.Abs((found.Plan!.Cost.TotalPerHour / PublishedInstance.Number(row["total"])) - 1) <= 1e-6;
            matched += isRight ? 1 : 0;
            if (!isRight)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {row["mode"]} {row["accuracy"]} at {row["rate"]}: {found.Status} {found.Plan?.Cost.TotalPerHour}, expected {row["total"]}"));
            }
        }

        return new FigureValue([matched, Cells.Count]);
    }

    private static FigureValue MeasureTime()
    {
        Cells.ToList().ForEach(c => Planner.Plan(c.Problem));
        var results = new List<PlanningResult>();
        var times = Cells.Select(c => Milliseconds(() => results.Add(Planner.Plan(c.Problem)))).ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {times.Count} cells in five modes, after one round to warm up: median {Quantile(times, 0.5):0.0} ms, worst {times.Max():0.0} ms"));
        return new FigureValue([Quantile(times, 0.95), results.Max(r => r.Gap)]);
    }
}
