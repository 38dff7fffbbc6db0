using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Vision;
using JellyBean.Vision.Cameras;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using Microsoft.Extensions.Logging.Abstractions;
using PedestrianTracking;

namespace JellyBean.Benchmarks.Figures.Video;

/// <summary>Cameras come and go by command on a node whose other cameras stay: what those notice of it, and what is left behind.</summary>
internal static class VideoChurn
{
    private const string Detector = "nanodet-256-int8";
    private const int Staying = 3;
    private const double DefaultAdds = 500;

    // That many are there at once, so that one is waited for while others are added and removed.
    private const int AtOnce = 3;

    // After so many, what is opened and compiled once for all has been: after 30 memory still grew, after 100 no more (308 MiB then, and 400 cameras later).
    private const int WarmUp = 100;

    // Commands go by reports; a figure has minutes.
    private static readonly TimeSpan Reports = TimeSpan.FromMilliseconds(100);

    private static readonly WorkerId Edge = new("edge");
    private static readonly NodeAddress Anywhere = new("127.0.0.1", 0);
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    // The clip begins anew each 30 s, which is seen in the intervals; controls have that, too.
    private static readonly TimeSpan Control = TimeSpan.FromSeconds(40);

    public static Figure Figure { get; } = new(
        "video.churn", ["leaked", "adds", "worst-interval-ratio-of-the-others", "drops"],
        "500 cameras added and removed by command while three others flow (number as an argument): 0 leaked (decoders, handles, MiB of memory above 5 % of growth), "
        + "the others' longest interval at most 2 times the controls', 0 of their frames dropped",
        adds => MeasureAsync((int)(adds ?? DefaultAdds)));

    private static async Task<FigureValue> MeasureAsync(int adds)
    {
        await using var rig = await RigProcess.StartAsync(Staying, "rtsp,tcp,mjpeg", 5);
        var workflow = WatchedRun.WorkflowOf(Tracking.Detector);
        var run = new WatchedRun();
        var bindings = rig.Cameras.Aggregate(
            new WorkflowBindings(workflow).With(new Maker()).With(WatchedRun.Seen, () => run),
            (bound, camera) => bound.With(WatchedRun.Cameras, camera.Name, () => new Camera(camera), Overload.DropOldest(8)));
        await using var node = ClusterNode.Start(
            bindings,
            new NodeDescription { Worker = Edge, Tier = Tier.Edge, Cores = 2, MemoryBytes = 4L << 30, IsCoordinator = true },
            new ClusterNodeOptions { Patience = new LocalClusterOptions { ReportInterval = Reports } },
            new Planner(workflow, [.. rig.Cameras.Select(c => SourceId.Of(WatchedRun.Cameras.Name, c.Name))]),
            NullLoggerFactory.Instance);
        await node.Welcomed.WaitAsync(Deadline);
        await using var client = new ClusterClient([node.Address], Anywhere, null, NullLoggerFactory.Instance);
        var running = client.RunAsync(workflow.Fingerprint, Deadline, null, null, null, CancellationToken.None);
        await VideoFigures.AllFlowAsync(run, rig.Cameras);

        var first = await ControlAsync(run);
        var quiet = await LostAsync(node.Control, rig.Cameras);
        await ChurnAsync(node.Control, run, rig.Cameras, "warm", WarmUp, []);
        var before = await LeftBehind.LookAsync();
        var began = Stopwatch.GetTimestamp();
        List<double> commands = [];
        var seconds = await ChurnAsync(node.Control, run, rig.Cameras, "guest", adds, commands);
        var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var interval = run.LongestIntervalMs(IsStaying, began, Stopwatch.GetTimestamp());
        var after = await LeftBehind.LookAsync(before);
        var lost = await LostAsync(node.Control, rig.Cameras) - quiet;
        var last = await ControlAsync(run);

        var status = await client.StopAsync(Deadline, CancellationToken.None);
        await running.WaitAsync(Deadline);
        var leaked = after.Beyond(before);
        seconds.Sort();
        commands.Sort();
        Console.WriteLine($"  {after.Since(before)}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  the others' longest interval {interval:0} ms; controls {first:0} and {last:0} ms; {lost} of their frames dropped, {quiet} in the first control"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  from the command to the first result: median {Pairs.Median(seconds):0.00} s, longest {seconds[^1]:0.00}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  a command: median {Pairs.Median(commands) * 1000:0} ms, longest {commands[^1] * 1000:0}; all together {took:0} s"));
        foreach (var source in Others(status, rig.Cameras))
        {
            Console.WriteLine($"  {source.Source}: {source.Offered} offered, {source.Processed} processed, {source.Dropped} dropped, {source.Failed} failed");
        }

        return new FigureValue([leaked, adds, interval / Math.Max(first, last), lost], IsConclusive: Math.Max(first, last) <= 2 * Math.Min(first, last));
    }

    private static bool IsStaying(string camera) => camera.StartsWith("camera-", StringComparison.Ordinal);

    private static IEnumerable<SourceProgress> Others(ClusterStatus status, IReadOnlyList<CameraOptions> staying) =>
        status.Sources.Where(s => staying.Any(c => s.Source == SourceId.Of(WatchedRun.Cameras.Name, c.Name)));

    private static async Task<long> LostAsync(IWorkflowControl control, IReadOnlyList<CameraOptions> staying) =>
        Others(await control.StatusAsync(Deadline, CancellationToken.None), staying).Sum(s => s.Dropped + s.Failed);

    private static async Task<double> ControlAsync(WatchedRun run)
    {
        var began = Stopwatch.GetTimestamp();
        await VideoFigures.WaitAsync(Control, () => { });
        return run.LongestIntervalMs(IsStaying, began, Stopwatch.GetTimestamp());
    }

    /// <returns>For each camera, seconds until it gave its first result.</returns>
    private static async Task<List<double>> ChurnAsync(IWorkflowControl control, WatchedRun run, IReadOnlyList<CameraOptions> rig, string names, int adds, List<double> commands)
    {
        List<double> seconds = [];
        Queue<(string Name, long Since)> there = [];
        for (var i = 0; i < adds; i++)
        {
            there.Enqueue(($"{names}-{i}", Stopwatch.GetTimestamp()));
            var source = SourceId.Of(WatchedRun.Cameras.Name, $"{names}-{i}");
            await DoAsync(control.AddAsync(source, new Dictionary<string, string> { ["uri"] = rig[i % rig.Count].Uri }, new CommandOptions(), CancellationToken.None));
            if (there.Count == AtOnce)
            {
                await RemoveAsync();
            }

            if ((i + 1) % 100 == 0)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {i + 1} added; {ChildProcesses.Handles().Values.Sum()} handles, {Environment.WorkingSet >> 20} MiB"));
            }
        }

        while (there.Count > 0)
        {
            await RemoveAsync();
        }

        return seconds;

        async Task RemoveAsync()
        {
            var (name, since) = there.Dequeue();
            await VideoFigures.UntilAsync(() => run.Count(name) > 0, Deadline);
            seconds.Add(run.SecondsToFirst(name, since));
            await DoAsync(control.RemoveAsync(SourceId.Of(WatchedRun.Cameras.Name, name), new CommandOptions(), CancellationToken.None));
        }

        async Task DoAsync(Task<CommandOutcome> command)
        {
            var since = Stopwatch.GetTimestamp();
            var outcome = await command;
            commands.Add(Stopwatch.GetElapsedTime(since).TotalSeconds);
            if (outcome.Status != CommandStatus.Done)
            {
                throw new InvalidOperationException($"{outcome.Command}: {outcome.Status}, {outcome.Message}");
            }
        }
    }

    /// <summary>Everything on the one node.</summary>
    private sealed class Planner(Workflow workflow, ImmutableArray<SourceId> configured) : IClusterPlanner
    {
        public Task<ClusterPlan> PlanAsync(ClusterPlanRequest request, CancellationToken cancellationToken) => Task.FromResult(new ClusterPlan
        {
            Plan = Plans.Of(
                workflow, [.. configured.Union(request.Added.Select(a => a.Source)).Select(s => (s, Edge))], _ => [new Instance { Worker = Edge }], _ => Detector),
        });
    }

    private sealed class Maker : ISourceMaker
    {
        public IReadOnlyList<string> Problems(SourceAddition source) => [];

        public WorkflowBindings Bind(WorkflowBindings bindings, SourceAddition source) =>
            bindings.With(WatchedRun.Cameras, source.Name, () => new Camera(new CameraOptions { Name = source.Name, Uri = source.Settings["uri"] }), Overload.DropOldest(8));
    }
}
