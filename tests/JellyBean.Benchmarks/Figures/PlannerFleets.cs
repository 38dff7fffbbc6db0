using System.Globalization;
using JellyBean.Optimizer;
using JellyBean.Optimizer.Tests.Families;
using JellyBean.Planning;

namespace JellyBean.Benchmarks.Figures;

/// <summary>How good plans for made-up fleets are within a time limit, against the best known (<c>best-known.csv</c>, from runs of the given size in seconds).</summary>
/// <remarks>The numbers are the worst of the family; with a size, each problem is given that many seconds instead, to find better ones: <c>figure planner.time.1000x20 300</c>.</remarks>
internal static class PlannerFleets
{
    private const int Seeds = 20;

    public static Figure Hundred { get; } = new(
        "planner.time.100x10",
        ["ratio", "gap", "ms"],
        "1.01 times the best known after 1 s, gap at most 0.05 after 60 s",
        seconds => Task.FromResult(Measure("100x10", new Fleet(100, 12, 10, 5), seconds ?? 1, seconds ?? 60)));

    public static Figure Thousand { get; } = new(
        "planner.time.1000x20",
        ["ratio", "gap", "ms"],
        "1.03 times the best known after 5 s; gap as it is",
        seconds => Task.FromResult(Measure("1000x20", new Fleet(1000, 40, 20, 5), seconds ?? 5, seconds ?? 5)));

    public static Figure Quick { get; } = new(
        "planner.latency.100x10",
        ["gap", "ms"],
        "a plan for half the p99 of each fleet's cheapest within 10 s, and how far it may be from the best",
        seconds => Task.FromResult(MeasureQuick(new Fleet(100, 12, 10, 5), seconds ?? 10)));

    private static FigureValue MeasureQuick(Fleet fleet, double seconds)
    {
        const double Part = 0.5;
        var (gaps, times) = (new List<double>(), new List<double>());
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var free = fleet.Problem(seed);
            var cheapest = Planner.Plan(free).Plan!;
            var (output, objectives) = free.Objectives.First();
            var problem = free with
            {
                Objectives = free.Objectives.SetItem(output, objectives with { P99 = TimeSpan.FromMilliseconds(cheapest.Outputs[0].P99Ms * Part) }),
                Options = free.Options with { TimeLimit = TimeSpan.FromSeconds(seconds), GiveReasons = false },
            };
            var result = default(PlanningResult)!;
            times.Add(PlannerCells.Milliseconds(() => result = Planner.Plan(problem)));
            gaps.Add(result.Plan is null ? 1 : result.Gap);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {seed}: p99 of {cheapest.Outputs[0].P99Ms:0} ms, {result.Plan?.Outputs[0].P99Ms:0} in its place: {result.Status}, {(result.Plan?.Cost.TotalPerHour ?? double.NaN) / cheapest.Cost.TotalPerHour:0.0000} times the cheapest, gap {gaps[^1]:0.0000}, {times[^1]:0} ms"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  median: gap {PlannerCells.Quantile(gaps, 0.5):0.0000}, {PlannerCells.Quantile(times, 0.5):0} ms of processor time; worst: gap {gaps.Max():0.0000}, {times.Max():0} ms"));
        return new FigureValue([gaps.Max(), times.Max()]);
    }

    private static FigureValue Measure(string family, Fleet fleet, double seconds, double forProof)
    {
        var known = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Figures", "best-known.csv")).Skip(1).Select(l => l.Split(',')).Where(l => l[0] == family)
            .ToDictionary(l => int.Parse(l[1], CultureInfo.InvariantCulture), l => double.Parse(l[2], CultureInfo.InvariantCulture));
        var (ratios, gaps, times) = (new List<double>(), new List<double>(), new List<double>());
        Planner.Plan(fleet.Problem(0));
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var problem = fleet.Problem(seed);
            PlanningResult Solve(double limit) => Planner.Plan(problem with { Options = problem.Options with { TimeLimit = TimeSpan.FromSeconds(limit) } });

            var result = default(PlanningResult)!;
            times.Add(PlannerCells.Milliseconds(() => result = Solve(seconds)));
            var cost = result.Plan?.Cost.TotalPerHour ?? double.PositiveInfinity;
            ratios.Add(cost / known.GetValueOrDefault(seed, result.BoundPerHour));
            gaps.Add(result.Status == PlanningStatus.Optimal || forProof <= seconds ? result.Gap : Solve(forProof).Gap);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {family},{seed},{cost:0.000000},{result.BoundPerHour:0.000000}  {result.Status}, {ratios[^1]:0.00000} times the best known, gap {gaps[^1]:0.0000000}, {times[^1]:0} ms; {result.Solver}"));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  median: ratio {PlannerCells.Quantile(ratios, 0.5):0.00000}, gap {PlannerCells.Quantile(gaps, 0.5):0.0000000}, {PlannerCells.Quantile(times, 0.5):0} ms of processor time; worst: ratio {ratios.Max():0.00000}, gap {gaps.Max():0.0000000}, {times.Max():0} ms"));
        return new FigureValue([ratios.Max(), gaps.Max(), times.Max()]);
    }
}
