using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Telemetry;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Vision;
using JellyBean.Vision.Cameras;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Benchmarks.Figures.Video;

/// <summary>What a detector saw in a frame.</summary>
internal sealed record Detected(string Camera, long Number, DateTimeOffset TakenAt, int People);

/// <summary>Cameras through a detector to a sink that notes when each frame's result came.</summary>
internal sealed class WatchedRun : ISink<Detected>
{
    private static readonly WorkerId Worker = new("edge");
    private readonly ConcurrentDictionary<string, ConcurrentQueue<(long At, double LatencyMs)>> _arrivals = new(StringComparer.Ordinal);

    public static Input<Frame> Cameras { get; } = new("cameras");

    public static Output<Detected> Seen { get; } = new("seen");
    public Delivery Delivery => Delivery.AtLeastOnce;

    public ImmutableArray<SourceProgress> Sources { get; private set; } = [];

    public ImmutableArray<SourceReport> Reports { get; private set; } = [];

    public long Results => _arrivals.Values.Sum(a => (long)a.Count);

    /// <summary>Elements of which nobody knows what became of them, and results too many or too few.</summary>
    public long Unaccounted => Sources.Sum(s => Math.Abs(s.Offered - s.Processed - s.Dropped - s.Failed)) + Math.Abs(Sources.Sum(s => s.Processed) - Results);

    /// <summary>What runs.</summary>
    public static Workflow WorkflowOf(Model<Frame, IReadOnlyList<Box>> detector) =>
        Workflow.Define("watched", w => w.From(Cameras).Infer(detector, (frame, boxes) => new Detected(frame.Camera, frame.Number, frame.CapturedAt, boxes.Count)).To(Seen));

    /// <summary>Runs until <paramref name="meanwhile"/> returns, then drains.</summary>
    public static async Task<WatchedRun> RunAsync(
        IReadOnlyList<CameraOptions> cameras, Overload overload, Model<Frame, IReadOnlyList<Box>> detector, string variant, Func<Fragment, WatchedRun, Task> meanwhile)
    {
        var workflow = WorkflowOf(detector);
        var run = new WatchedRun();
        var bindings = new WorkflowBindings(workflow).With(Seen, () => run);
        foreach (var camera in cameras)
        {
            bindings = bindings.With(Cameras, camera.Name, () => new Camera(camera), overload);
        }

        var plan = Plans.Of(workflow, [.. cameras.Select(c => (SourceId.Of(Cameras.Name, c.Name), Worker))], _ => [new Instance { Worker = Worker }], _ => variant);
        var reports = await Engine.RunAsync(bindings, plan, async fragments =>
        {
            await meanwhile(fragments[0], run);
            fragments[0].Drain();
        });
        run.Sources = SourceProgress.Of(reports);
        run.Reports = [.. reports.SelectMany(r => r.Sources)];
        return run;
    }

    /// <summary>Latencies of some cameras' frames from when they were taken, in order.</summary>
    public IReadOnlyList<double> LatenciesMs(Func<string, bool> cameras) => [.. _arrivals.Where(a => cameras(a.Key)).SelectMany(a => a.Value).Select(a => a.LatencyMs).Order()];

    /// <summary>The longest time between two results of one camera, among some.</summary>
    /// <param name="cameras">Which.</param>
    /// <param name="from">A timestamp: intervals that end before it do not count.</param>
    /// <param name="to">A timestamp: intervals that end after it do not count.</param>
    public double LongestIntervalMs(Func<string, bool> cameras, long from = 0, long to = long.MaxValue) => _arrivals.Where(a => cameras(a.Key))
        .SelectMany(a => a.Value.Zip(a.Value.Skip(1)))
        .Where(pair => pair.Second.At >= from && pair.Second.At <= to)
        .Select(pair => Stopwatch.GetElapsedTime(pair.First.At, pair.Second.At).TotalMilliseconds)
        .DefaultIfEmpty(double.PositiveInfinity)
        .Max();

    /// <summary>Results per second, from the first to the last.</summary>
    public double PerSecond
    {
        get
        {
            var at = _arrivals.Values.SelectMany(a => a).Select(a => a.At).Order().ToList();
            return (at.Count - 1) / Stopwatch.GetElapsedTime(at[0], at[^1]).TotalSeconds;
        }
    }

    /// <summary>Seconds from a timestamp to a camera's first result.</summary>
    public double SecondsToFirst(string camera, long since) => _arrivals[camera].TryPeek(out var first) ? Stopwatch.GetElapsedTime(since, first.At).TotalSeconds : double.NaN;

    public long Count(string camera) => _arrivals.TryGetValue(camera, out var arrivals) ? arrivals.Count : 0;

    public static double Percentile(IReadOnlyList<double> sorted, double part) => sorted.Count == 0 ? double.NaN : sorted[(int)Math.Min(sorted.Count - 1, sorted.Count * part)];

    public Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<SourcePosition>>([]);

    public Task WriteAsync(SinkBatch<Detected> batch, CancellationToken cancellationToken)
    {
        var (now, wall) = (Stopwatch.GetTimestamp(), DateTimeOffset.UtcNow);
        foreach (var result in batch.Results)
        {
            _arrivals.GetOrAdd(result.Value.Camera, _ => new()).Enqueue((now, (wall - result.Value.TakenAt).TotalMilliseconds));
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
