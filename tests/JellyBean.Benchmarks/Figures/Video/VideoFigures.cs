using System.Diagnostics;
using System.Globalization;
using JellyBean.CameraRig;
using JellyBean.Vision.Cameras;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using PedestrianTracking;

namespace JellyBean.Benchmarks.Figures.Video;

/// <summary>Live cameras: real servers, decoders and a detector on this machine.</summary>
internal static class VideoFigures
{
    // What the planner picks for the example's floor.
    private const string Detector = "nanodet-256-int8";
    private const double DefaultMinutes = 8;
    private const int Fps = 5;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    public static Figure Eight { get; } = new(
        "video.eight", ["minutes", "unaccounted", "p99-ms", "cpu"],
        "8 cameras of mixed protocol at 5 fps for 10 minutes, 0 unaccounted (minutes as an argument, 8 unless given); p99 from when a frame was taken; cores used by engine and decoders",
        minutes => EightAsync(minutes ?? DefaultMinutes));

    public static Figure Overload { get; } = new(
        "video.overload", ["unaccounted", "p99-ms"],
        "3 times more frames than the detector takes, drop-oldest: 0 unaccounted (offered - processed - dropped), p99 below 1,000 ms (seconds as an argument, 40 unless given)",
        seconds => OverloadAsync(seconds ?? 40));

    public static Figure Resume { get; } = new(
        "video.resume", ["seconds"], "at most 2 from when a camera is back to its next frame, the worst of all (times per protocol as an argument, 5 unless given)", times => ResumeAsync((int)(times ?? 5)));

    public static Figure Malformed { get; } = new("video.malformed", ["inputs", "crashes"], "0 crashes: pictures, bad items or a clear refusal, and bounded memory", _ => MalformedAsync());

    private static async Task<FigureValue> EightAsync(double minutes)
    {
        string[] protocols = ["rtsp", "rtmp", "hls", "tcp"];
        await using var rig = await RigProcess.StartAsync(8, string.Join(',', protocols), Fps);
        var cpu = 0.0;
        var run = await WatchedRun.RunAsync(rig.Cameras, Workflows.Inputs.Overload.DropOldest(8), Tracking.Detector, Detector, async (fragment, watched) =>
        {
            await AllFlowAsync(watched, rig.Cameras);
            var (started, before) = (Stopwatch.GetTimestamp(), ChildProcesses.CpuSeconds());
            await WaitAsync(TimeSpan.FromMinutes(minutes), () => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {watched.Results} frames, {Environment.WorkingSet >> 20} MiB")));
            cpu = (ChildProcesses.CpuSeconds() - before) / Stopwatch.GetElapsedTime(started).TotalSeconds;
        });
        Tell(run);
        for (var i = 0; i < protocols.Length; i++)
        {
            // Video in segments comes when a segment is whole: its frames are as old as that makes them.
            var names = rig.Cameras.Where((_, n) => n % protocols.Length == i).Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
            var latencies = run.LatenciesMs(names.Contains);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {protocols[i]}: p50 {WatchedRun.Percentile(latencies, 0.5):0} ms, p99 {WatchedRun.Percentile(latencies, 0.99):0} ms from when a frame was taken"));
        }

        return new FigureValue([minutes, run.Unaccounted, WatchedRun.Percentile(run.LatenciesMs(_ => true), 0.99), cpu]);
    }

    private static async Task<FigureValue> OverloadAsync(double seconds)
    {
        // The slowest variant, and as many frames as three of it would take.
        const string Slow = "nanodet-416";
        var capacity = await CapacityAsync(Slow);
        var cameras = 3;
        var fps = (int)Math.Ceiling(3 * capacity / cameras);
        await using var rig = await RigProcess.StartAsync(cameras, "tcp", fps);
        var run = await WatchedRun.RunAsync(rig.Cameras, Workflows.Inputs.Overload.DropOldest(2), Tracking.Detector, Slow, async (_, watched) =>
        {
            await AllFlowAsync(watched, rig.Cameras);
            await WaitAsync(TimeSpan.FromSeconds(seconds), () => { });
        });
        Tell(run);
        var (offered, results) = (run.Sources.Sum(s => s.Offered), run.Results);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  the detector alone takes {capacity:0.0} frames/s; {cameras} cameras gave {fps} each: {(double)offered / results:0.0} times what was processed"));
        return new FigureValue([run.Unaccounted, WatchedRun.Percentile(run.LatenciesMs(_ => true), 0.99)]);
    }

    // From a file, which waits: as fast as it goes.
    private static async Task<double> CapacityAsync(string variant)
    {
        var run = await WatchedRun.RunAsync(
            [new CameraOptions { Name = "clip", Uri = RigClip.People, Every = 3 }], Workflows.Inputs.Overload.Block, Tracking.Detector, variant, async (fragment, _) =>
            {
                using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
                while (!fragment.Report().Sources[0].Ended)
                {
                    await timer.WaitForNextTickAsync();
                }
            });
        return run.PerSecond;
    }

    private static async Task<FigureValue> ResumeAsync(int times)
    {
        string[] protocols = ["rtsp", "tcp", "mjpeg"];
        await using var rig = await RigProcess.StartAsync(protocols.Length, string.Join(',', protocols), Fps);
        var worst = 0.0;
        for (var i = 0; i < protocols.Length; i++)
        {
            await using var camera = new Camera(rig.Cameras[i]);
            await using var watch = new FrameWatch(camera);
            foreach (var (bad, good) in new[] { ("stop", "start"), ("freeze", "thaw") })
            {
                List<double> seconds = [];
                for (var n = 0; n < times; n++)
                {
                    await watch.NextAsync();
                    await rig.TellAsync($"{bad} {i}");
                    await FrameWatch.UntilAsync(() => camera.Health!.Condition != SourceCondition.Flowing);
                    await rig.TellAsync($"{good} {i}");
                    seconds.Add(await watch.NextAsync());
                }

                seconds.Sort();
                worst = Math.Max(worst, seconds[^1]);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {protocols[i]}, {bad} and {good}: median {Pairs.Median(seconds):0.00} s, from {seconds[0]:0.00} to {seconds[^1]:0.00}"));
            }
        }

        return new FigureValue([worst]);
    }

    private static async Task<FigureValue> MalformedAsync()
    {
        var folder = Directory.CreateTempSubdirectory("jellybean-malformed-").FullName;
        try
        {
            var (inputs, crashes) = (0, 0);
            var clip = RigClip.Encode(folder, Fps, source: RigClip.People);
            var before = Environment.WorkingSet;
            foreach (var (name, bytes) in MalformedVideo.Of(clip))
            {
                var path = Path.Combine(folder, name);
                await File.WriteAllBytesAsync(path, bytes);
                var answer = await AnswerAsync(path);
                inputs++;
                crashes += answer.IsCrash ? 1 : 0;
                Console.WriteLine($"  {name}: {answer.Text}");
            }

            var grown = (Environment.WorkingSet - before) >> 20;
            Console.WriteLine($"  memory grew by {grown} MiB");
            return new FigureValue([inputs, crashes + (grown > 500 ? 1 : 0)]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(string Text, bool IsCrash)> AnswerAsync(string path)
    {
        using var limit = new CancellationTokenSource(StartLimit);
        var (good, bad) = (0, 0);
        try
        {
            await using var camera = new Camera(new CameraOptions { Name = "malformed", Uri = path });
            await foreach (var item in camera.ReadAsync(0, limit.Token))
            {
                (good, bad) = item.Fault is null ? (good + 1, bad) : (good, bad + 1);
            }

            return ($"{good} pictures, {bad} bad", false);
        }
        catch (SourceException refusal)
        {
            return ($"{good} pictures, then: {refusal.Message}", false);
        }
        catch (Exception crash)
        {
            return ($"CRASH {crash.GetType().Name}: {crash.Message}", true);
        }
    }

    public static Task AllFlowAsync(WatchedRun run, IReadOnlyList<CameraOptions> cameras) => UntilAsync(() => cameras.All(c => run.Count(c.Name) >= Fps), StartLimit);

    public static async Task UntilAsync(Func<bool> condition, TimeSpan deadline)
    {
        using var limit = new CancellationTokenSource(deadline);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!condition())
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    public static async Task WaitAsync(TimeSpan time, Action everyMinute)
    {
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        var minutes = 0;
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            await timer.WaitForNextTickAsync();
            if ((int)Stopwatch.GetElapsedTime(started).TotalMinutes > minutes)
            {
                minutes++;
                everyMinute();
            }
        }
    }

    public static void Tell(WatchedRun run)
    {
        foreach (var source in run.Sources)
        {
            var health = source.Detail?.Health;
            var latencies = run.LatenciesMs(camera => source.Source == SourceId.Of(WatchedRun.Cameras.Name, camera));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {source.Source}: {source.Offered} offered, {source.Processed} processed, {source.Dropped} dropped, {source.Failed} failed; {health?.Connects} connects, {health?.Stalls} stalls, {health?.TimesRepaired} times repaired; "
                + $"results p50 {WatchedRun.Percentile(latencies, 0.5):0}, p99 {WatchedRun.Percentile(latencies, 0.99):0} ms after the frame was taken, of which until it was let in p50 {source.Detail?.CaptureMs.P50:0}, p99 {source.Detail?.CaptureMs.P99:0}, by {(health?.IsTimeTold == true ? "the camera's clock" : "when it came")}"));
        }
    }
}
