using System.Diagnostics;
using System.Globalization;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Vision;
using JellyBean.Vision.Detection;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Benchmarks.Figures.Adaptation;

/// <summary>Detectors of different input sizes take each other's place while frames come at a fixed rate; each is loaded from its file for it.</summary>
internal static class SwapVariant
{
    private const double DefaultSwaps = 200;
    private const double Rate = 12;
    private const double MostCpu = 0.4;
    private const int WarmSwaps = 20;
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(0.6);

    // What is queued behind the swap is late by it, too.
    private static readonly TimeSpan Aftermath = TimeSpan.FromMilliseconds(100);
    private static readonly string[] Turn = ["nanodet-352", "nanodet-256-int8", "nanodet-416", "nanodet-160"];

    public static Figure Figure { get; } = new(
        "swap.variant",
        ["drops", "swaps", "p99-ratio", "memory-growth"],
        "200 swaps at no more than 40 % of the processor: 0 drops, p99 during a swap at most 1.2 × steady, growth at most 0.05 (swaps as an argument)",
        swaps => MeasureAsync((int)(swaps ?? DefaultSwaps)));

    private static async Task<FigureValue> MeasureAsync(int swaps)
    {
        var (input, output) = (new Input<Frame>("frames") { Overload = Overload.DropOldest(8) }, new Output<int>("boxes"));
        var model = Model.Define("detector", NanoDet.Variants([160, 256, 352, 416], int8: true));
        var workflow = Workflow.Define("swap", w => w.From(input).Infer(model, (_, boxes) => boxes.Count).To(output));
        var (sink, worker, op) = (new LatencySink<int>(), new WorkerId("edge"), new OperatorId("detector"));
        var frames = await Frames.ReadAsync(50);
        var bindings = new WorkflowBindings(workflow).With(input, "camera", () => new OpenLoopSource<Frame>("camera", frames, _ => Rate)).With(output, () => sink);
        var plan = Plans.Of(workflow, [(SourceId.Of("frames", "camera"), worker)], _ => [new Instance { Worker = worker }], _ => Turn[^1]);

        var windows = new List<(DateTimeOffset From, DateTimeOffset To)>();
        var (early, late) = (new List<double>(), new List<double>());
        var (cpu, began, fast) = (TimeSpan.Zero, 0L, new List<double>());
        var report = (await Engine.RunAsync(bindings, plan, async fragments =>
        {
            using var timer = new PeriodicTimer(Between);
            (cpu, began) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
            for (var i = 0; i < swaps; i++)
            {
                await timer.WaitForNextTickAsync();
                var from = DateTimeOffset.UtcNow;
                await SwapAsync(fragments[0], i + 1, op, Turn[i % Turn.Length], []);
                windows.Add((from, DateTimeOffset.UtcNow + Aftermath));
                if (i >= WarmSwaps)
                {
                    (i < swaps / 2 ? early : late).Add(Environment.WorkingSet);
                }
            }

            cpu = Environment.CpuUsage.TotalTime - cpu;
            fast = await SwapReadyAsync(fragments[0], swaps, op);
            fragments[0].Drain();
        })).Single();

        var elapsed = Stopwatch.GetElapsedTime(began);
        var used = cpu / ((swaps * Between) * Environment.ProcessorCount);
        var drops = report.Sources.Sum(s => s.Offered) - report.Outputs.Sum(o => o.Results);
        var all = sink.All.Where(t => t.Due < windows[^1].To).ToList();
        bool Swapping(Timed t) => windows.Any(w => t.Due + t.Latency >= w.From && t.Due <= w.To);
        var (during, steady) = (Sorted(all.Where(Swapping)), Sorted(all.Where(t => !Swapping(t))));
        var growth = (Middle(Last(late)) / Middle(Last(early))) - 1;
        var took = windows.Select(w => (w.To - w.From - Aftermath).TotalMilliseconds).Order().ToList();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {report.Sources.Sum(s => s.Offered)} frames in {elapsed.TotalSeconds:0} s at {Rate}/s, {used:0.00} of the cores used; a swap with loading: median {Pairs.Median(took):0} ms, worst {took[^1]:0}; loaded before: median {Pairs.Median(fast):0.00} ms, worst {fast[^1]:0.00}"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  during swaps ({during.Count} frames): p50 {Quantile(during, 0.5):0.0}, p99 {Quantile(during, 0.99):0.0}, worst {during[^1]:0.0} ms; else ({steady.Count}): p50 {Quantile(steady, 0.5):0.0}, p99 {Quantile(steady, 0.99):0.0}, worst {steady[^1]:0.0} ms"));
        return new FigureValue([drops, swaps, Quantile(during, 0.99) / Quantile(steady, 0.99), growth], IsConclusive: used <= MostCpu);
    }

    /// <summary>Swaps between two variants of which the other is loaded: milliseconds, ascending.</summary>
    private static async Task<List<double>> SwapReadyAsync(Fragment fragment, int revision, OperatorId op)
    {
        var took = new List<double>();
        using var timer = new PeriodicTimer(Between);
        for (var i = 0; i < 20; i++)
        {
            var (next, other) = (Turn[i % 2], Turn[(i + 1) % 2]);
            var outcome = await SwapAsync(fragment, revision + i + 1, op, next, [other]);
            await timer.WaitForNextTickAsync();
            if (i > 2)
            {
                took.Add(outcome.TotalMilliseconds);
            }
        }

        return [.. took.Order()];
    }

    private static async Task<TimeSpan> SwapAsync(Fragment fragment, int revision, OperatorId op, string variant, string[] ready)
    {
        var outcome = (await fragment.AdjustAsync(new Adjustment(1, revision, [new OperatorSetting(op, variant, 1, TimeSpan.Zero, [.. ready])], []), CancellationToken.None)).Single();
        return outcome.Problem is null ? outcome.Took : throw new InvalidOperationException(outcome.Problem);
    }

    private static List<double> Sorted(IEnumerable<Timed> results) => [.. results.Select(t => t.Latency.TotalMilliseconds).Order()];

    private static double Quantile(List<double> sorted, double part) => sorted[Math.Min(sorted.Count - 1, (int)(part * sorted.Count))];

    private static List<double> Last(List<double> values) => values[^Math.Min(values.Count, 12)..];

    private static double Middle(List<double> values) => Pairs.Median([.. values.Order()]);
}
