using System.Globalization;
using JellyBean.Runtime;

namespace JellyBean.Benchmarks.Figures.Adaptation;

/// <summary>Three times the planned load for a while, and back; and a sawtooth about the planned load.</summary>
internal static class StepFigures
{
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Reaction = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MostReturn = TimeSpan.FromSeconds(60);
    private const double DefaultMinutes = 3;
    private const double Factor = 3;

    public static Figure Goodput { get; } = new(
        "step.goodput",
        ["fraction", "seconds-to-return"],
        "at least 0.95 from 2 s after the load has tripled: within 500 ms of when they were due, every floor met; the plan's own variants back at most 60 s after the step",
        _ => GoodputAsync());

    public static Figure Misses { get; } = new("step.misses", ["ratio-to-static"], "at least 10 times fewer than with the plan's variants held; dropped frames are misses", _ => MissesAsync());

    public static Figure Flaps { get; } = new(
        "step.flaps", ["transitions/min"], "at most 1 a minute where the load goes 20 % up and down about the planned one (minutes as an argument)", minutes => FlapsAsync(minutes ?? DefaultMinutes));

    private static async Task<FigureValue> GoodputAsync()
    {
        var step = await LoadStep.PlanAsync();
        var run = await step.RunAsync(Trace(MostReturn), isFollowed: true);
        var (due, inTime) = run.Between(Before + Reaction, Before + Step);
        var up = run.Report.Adaptations.LastOrDefault(a => a.Action == AdaptationAction.StepUp);
        var first = run.Report.Adaptations.FirstOrDefault(a => a.Action == AdaptationAction.StepDown);
        var own = step.Plan.Placements.First(p => p.Variant is not null).Variant!;

        // Decisions have the coordinator's time: that of the first one is known in the run's only as far as the step that it answers.
        var back = up is not null && first is not null && up.To.EndsWith($"={own}", StringComparison.Ordinal) ? (up.At - first.At - Step).TotalSeconds : double.PositiveInfinity;
        var (all, good) = run.Between(Before, Before + Step);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {inTime} of {due} in time from 2 s after the step, {good} of {all} from its beginning"));
        var (paid, peak) = step.Cost(Before + Step + MostReturn, Factor);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  cost of the run {paid:0.000000} $; with the plan's own variants on as many machines as the peak needs, all the time: {peak:0.000000} $"));
        return new FigureValue([(double)inTime / due, back]);
    }

    private static async Task<FigureValue> MissesAsync()
    {
        var step = await LoadStep.PlanAsync();
        var trace = Trace(TimeSpan.FromSeconds(10));
        var misses = new List<int>();
        foreach (var isFollowed in new[] { true, false })
        {
            var run = await step.RunAsync(trace, isFollowed);
            var (due, inTime) = run.Between(Before, Before + Step + TimeSpan.FromSeconds(10));
            misses.Add(due - inTime);
            Console.WriteLine($"  {(isFollowed ? "followed" : "held")}: {due - inTime} of {due} missed");
        }

        return new FigureValue([(double)misses[1] / Math.Max(1, misses[0])]);
    }

    private static async Task<FigureValue> FlapsAsync(double minutes)
    {
        var step = await LoadStep.PlanAsync();
        var length = TimeSpan.FromMinutes(minutes);

        // Its peaks are above what the plan's own rung can take.
        var own = step.Plan.Ladder.First(r => r.Ways[0].Variant == step.Plan[r.Ways[0].Operator].Variant);
        var run = await step.RunAsync(t => t >= length ? 0 : own.Capacity * 1.1 * (0.8 + (0.4 * (t.TotalSeconds % 20 / 20))), isFollowed: true);
        var transitions = run.Report.Adaptations.Count(a => a.Action is not AdaptationAction.Prepare);
        var (due, inTime) = run.Between(TimeSpan.Zero, length);
        Console.WriteLine($"  {transitions} transitions; {inTime} of {due} in time");
        return new FigureValue([transitions / minutes]);
    }

    private static Func<TimeSpan, double> Trace(TimeSpan after) => t => t < Before ? 1 : t < Before + Step ? Factor : t < Before + Step + after ? 1 : 0;
}
