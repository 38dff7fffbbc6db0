using System.Globalization;
using JellyBean.Workflows.Inputs;
using PedestrianTracking;

namespace JellyBean.Benchmarks.Figures.Video;

/// <summary>One camera of six misbehaves in every way; what the others notice of it, beside runs in which none does.</summary>
internal static class VideoHostile
{
    private const string Detector = "nanodet-256-int8";
    private const string Bad = "camera-0";
    private const double DefaultSeconds = 5;

    // What the bad one does, and what ends it.
    private static readonly (string Bad, string Good)[] Orders =
    [
        ("stop 0", "start 0"), ("freeze 0", "thaw 0"), ("garble 0 0.001", "garble 0 0"), ("throttle 0 5000", "throttle 0 0"), ("size 0 320x240", "size 0 own"),
    ];

    public static Figure Figure { get; } = new(
        "video.hostile", ["worst-interval-ratio-of-the-others", "drops", "p99-ratio"],
        "one of six cameras killed, frozen, garbled, throttled, changed in resolution: the others' longest interval at most 2 times the controls' longest, 0 of their frames dropped (seconds of each as an argument, 5 unless given)",
        seconds => MeasureAsync(seconds ?? DefaultSeconds));

    private static async Task<FigureValue> MeasureAsync(double seconds)
    {
        var before = await RunAsync(seconds, isHostile: false);
        var hostile = await RunAsync(seconds, isHostile: true);
        var after = await RunAsync(seconds, isHostile: false);
        var control = Math.Max(before.Interval, after.Interval);
        var p99 = Math.Max(before.P99, after.P99);
        var noise = control / Math.Min(before.Interval, after.Interval);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  longest interval: controls {before.Interval:0} and {after.Interval:0} ms, hostile {hostile.Interval:0} ms; p99: controls {before.P99:0} and {after.P99:0} ms, hostile {hostile.P99:0} ms"));
        return new FigureValue([hostile.Interval / control, hostile.Drops, hostile.P99 / p99], IsConclusive: noise <= 2);
    }

    private static async Task<(double Interval, long Drops, double P99)> RunAsync(double seconds, bool isHostile)
    {
        await using var rig = await RigProcess.StartAsync(6, "rtsp,rtsp,tcp,mjpeg,rtmp,udp", 5);
        var run = await WatchedRun.RunAsync(rig.Cameras, Overload.DropOldest(8), Tracking.Detector, Detector, async (fragment, watched) =>
        {
            await VideoFigures.AllFlowAsync(watched, rig.Cameras);
            foreach (var (bad, good) in Orders)
            {
                if (isHostile)
                {
                    await rig.TellAsync(bad);
                }

                await VideoFigures.WaitAsync(TimeSpan.FromSeconds(seconds), () => { });
                if (isHostile)
                {
                    var health = fragment.Report().Sources[0].Health!;
                    Console.WriteLine($"  {bad}: {health.Condition}{(health.Condition == SourceCondition.Flowing ? "" : $", {health.Trouble}")}");
                    await rig.TellAsync(good);
                }

                await VideoFigures.WaitAsync(TimeSpan.FromSeconds(3), () => { });
            }
        });
        VideoFigures.Tell(run);
        static bool IsOther(string camera) => camera != Bad;
        return (run.LongestIntervalMs(IsOther), run.Reports.Where(r => !r.Source.Value.EndsWith(Bad, StringComparison.Ordinal)).Sum(r => r.Dropped), WatchedRun.Percentile(run.LatenciesMs(IsOther), 0.99));
    }
}
