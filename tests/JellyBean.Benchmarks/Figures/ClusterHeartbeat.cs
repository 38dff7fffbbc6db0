using System.Globalization;
using JellyBean.Benchmarks.Clusters;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime;
using JellyBean.Runtime.Fragments;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Benchmarks.Figures;

/// <summary>Whether data disturbs control: the highest suspicion that a coordinator comes to while a link between two other processes is saturated.</summary>
/// <remarks>The coordinator of the figure is another node than the one that plans: it only watches, in this process, with a failure detector that keeps its highest value.</remarks>
internal static class ClusterHeartbeat
{
    private const double Threshold = 8;
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(60);

    public static Figure Figure { get; } = new("cluster.heartbeat", ["max-phi/threshold"], "at most 0.5 while a link is saturated for 60 s", _ => MeasureAsync());

    private static async Task<FigureValue> MeasureAsync()
    {
        await using var site = new BenchSite(coordinators: 1, bytes: 100_000, perSecond: 100);
        var at = await site.StartAsync("boss", "--role", "coordinator");
        await site.StartAsync("sensor-1", "--role", "edge", "--join", at);
        await site.StartAsync("box-1", "--role", "cloud", "--join", at);
        await site.JoinedAsync("sensor-1");
        await site.JoinedAsync("box-1");
        var options = new ClusterNodeOptions
        {
            Join = [BenchSite.Address(at)],
            Patience = new LocalClusterOptions
            {
                ControlSettings = $"akka.cluster.failure-detector {{ implementation-class = \"{typeof(MeteredDetector).FullName}, {typeof(MeteredDetector).Assembly.GetName().Name}\", threshold = {Threshold.ToString(CultureInfo.InvariantCulture)} }}",
            },
        };
        var description = new NodeDescription { Worker = new WorkerId("watcher"), Tier = SiteProgram.Ticks.Tier, Type = new WorkerTypeId("watcher"), Cores = 1, MemoryBytes = 1 << 30 };
        await using var watcher = ClusterNode.Start(description, SiteProgram.Workflow.Fingerprint, options, null, NullLoggerFactory.Instance, () => (new Idle(), null));
        await watcher.Welcomed.WaitAsync(BenchSite.Patience);
        await using var run = new WatchedRun(at);
        await BenchSite.WaitAsync(() => run.Results > 1000, "The first results");
        var before = run.Results;
        MeteredDetector.Take();
        await Task.Delay(Measured);
        var (phi, longest, beats) = MeteredDetector.Take();
        var perSecond = (run.Results - before) / Measured.TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {perSecond:0} elements of 100 KB per second over the link; {beats} heartbeats, at most {longest.TotalMilliseconds:0} ms apart, highest suspicion {phi:0.###} of {Threshold}"));
        return beats > 0 ? new FigureValue([phi / Threshold]) : throw new InvalidOperationException("No heartbeat was seen.");
    }

    /// <summary>Carries nothing: no plan uses it.</summary>
    private sealed class Idle : IFragmentHost
    {
        public NodeAddress? LinkAddress => null;

        public Task<IFragment> PrepareAsync(FragmentOrder order, IFragment? before, CancellationToken cancellationToken) => throw new InvalidOperationException("The watcher was given a fragment.");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
