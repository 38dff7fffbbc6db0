using System.Diagnostics;
using System.Globalization;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Workflows;
using PedestrianTracking;

namespace JellyBean.Benchmarks.Figures;

/// <summary>The example's workflow on its clip, looped: how much the process's memory grows once it has warmed up.</summary>
internal static class EngineSoak
{
    private const double DefaultMinutes = 8;
    private const double WarmMinutes = 2;
    private static readonly TimeSpan SampleEvery = TimeSpan.FromSeconds(1);

    public static Figure Figure { get; } = new(
        "engine.soak", ["memory-growth"], "at most 0.05 over 30 minutes, after the first two (minutes as an argument, 8 unless given)", minutes => MeasureAsync(minutes ?? DefaultMinutes));

    private static async Task<FigureValue> MeasureAsync(double minutes)
    {
        if (minutes < WarmMinutes + 2)
        {
            throw new ArgumentException($"A soak of {minutes} minutes is too short: {WarmMinutes} to warm up, then at least 2 to compare.");
        }

        var worker = new WorkerId("edge");
        var sink = new CountingSink<PersonSeen>();
        var bindings = new WorkflowBindings(Tracking.Workflow).With(Tracking.Tracks, () => sink).With(Tracking.Identities, () => new CountingSink<SamePerson>());
        foreach (var camera in ClipCameras.Names)
        {
            bindings = bindings.With(Tracking.Cameras, camera, () => new LoopingSource<Vision.Frame>(() => ClipCameras.Open(camera)));
        }

        var plan = Plans.Of(
            Tracking.Workflow, [.. ClipCameras.Names.Select(camera => (SourceId.Of(Tracking.Cameras.Name, camera), worker))], _ => [new Instance { Worker = worker }]);
        var samples = new List<(double Minute, double Bytes)>();
        var reports = await Engine.RunAsync(bindings, plan, async fragments =>
        {
            var started = TimeProvider.System.GetTimestamp();
            using var timer = new PeriodicTimer(SampleEvery);
            for (var minute = 0.0; minute < minutes; minute = TimeProvider.System.GetElapsedTime(started).TotalMinutes)
            {
                samples.Add((minute, Environment.WorkingSet));
                if (samples.Count % 60 == 0)
                {
                    var heap = GC.GetGCMemoryInfo();
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"  minute {minute:0.0}: {Environment.WorkingSet / 1048576.0:0} MiB in the process; managed: {heap.TotalCommittedBytes / 1048576.0:0} MiB committed, {heap.HeapSizeBytes / 1048576.0:0} at the last collection; {Process.GetCurrentProcess().Threads.Count} threads, {fragments[0].Report().Sources.Sum(s => s.Offered)} frames"));
                }

                await timer.WaitForNextTickAsync();
            }

            fragments[0].Drain();
        });
        var after = MedianBetween(samples, WarmMinutes, WarmMinutes + 1);
        var last = MedianBetween(samples, minutes - 1, minutes);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {reports.SelectMany(r => r.Sources).Sum(s => s.Offered)} frames; median {after / 1048576:0} MiB in the minute after the warm-up, {last / 1048576:0} MiB in the last"));
        return new FigureValue([(last / after) - 1]);
    }

    private static double MedianBetween(List<(double Minute, double Bytes)> samples, double from, double to) =>
        Pairs.Median([.. samples.Where(s => s.Minute >= from && s.Minute < to).Select(s => s.Bytes).Order()]);
}
