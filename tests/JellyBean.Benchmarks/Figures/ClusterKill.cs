using System.Diagnostics;
using System.Globalization;
using JellyBean.EndToEnd.Tests.Networks;
using JellyBean.EndToEnd.Tests.Tracking;

namespace JellyBean.Benchmarks.Figures;

/// <summary>
/// The tracking example on real video over three camera boxes, a hub, a machine in the cloud and those that coordinate, each a process. How long it takes until results of another
/// plan arrive at the sink, after kill -9 of the worker in use, or after its host has vanished; and, after kill -9 of the coordinator, until another one leads, while data must have gone on.
/// </summary>
internal static class ClusterKill
{
    // The clip is slower than it was taken, so that it lasts for all faults.
    private const int FramesPerSecond = 6;

    // A host that vanished is noticed late, and late let in again.
    private const int FramesPerSecondOfHosts = 4;

    // Seconds; what takes longer shows what was said meanwhile.
    private const int Most = 20;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    public static Figure Worker { get; } = new("cluster.kill.worker", ["seconds"], "at most 5, the worst of the kills", size => WorkerAsync((int)(size ?? 5)));

    public static Figure Coordinator { get; } = new("cluster.kill.coordinator", ["seconds"], "at most 20, the worst of the kills; the epoch stays and results go on", size => CoordinatorAsync((int)(size ?? 3)));

    public static Figure Vanish { get; } = new("cluster.vanish", ["seconds"], "at most 20, the worst of the hosts", size => VanishAsync((int)(size ?? 3)));

    private static async Task<FigureValue> WorkerAsync(int kills)
    {
        if (TrackingSite.WhyNot is { } reason)
        {
            return FigureValue.Skip(reason);
        }

        await using var site = new TrackingSite(Deadline, frames: null, rate: FramesPerSecond);
        await site.StartAsync(coordinators: 1);
        return await FaultsAsync(site, kills, victim => site.Cluster[victim].Kill(), site.RestartAsync);
    }

    private static async Task<FigureValue> VanishAsync(int hosts)
    {
        if (TrackingSite.WhyNot is { } reason || (reason = HostNetwork.WhyNot) is not null)
        {
            return FigureValue.Skip(reason);
        }

        using var network = new HostNetwork();
        await using var site = new TrackingSite(Deadline, frames: null, network, FramesPerSecondOfHosts);
        await site.StartAsync(coordinators: 1);
        return await FaultsAsync(site, hosts, network.Unplug, async victim =>
        {
            network.Plug(victim);
            await site.CameBackAsync(victim);
        });
    }

    private static async Task<FigureValue> FaultsAsync(TrackingSite site, int faults, Action<string> strike, Func<string, Task> mend)
    {
        var run = site.Run();
        var seconds = new List<double>();
        for (var fault = 1; fault <= faults; fault++)
        {
            var epoch = await site.SettlesAsync();
            var victim = await TrackingSite.DetectsAsync(run, epoch, site.Cluster.Deadline);
            var began = Stopwatch.GetTimestamp();
            strike(victim);
            epoch = await site.FlowsAsync(epoch);
            seconds.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {fault}: '{victim}', results of epoch {epoch} after {seconds[^1]:0.00} s"));
            if (seconds[^1] > Most)
            {
                Console.WriteLine(site.Cluster.Everything);
            }

            await mend(victim);
        }

        return new FigureValue([seconds.Max()]);
    }

    private static async Task<FigureValue> CoordinatorAsync(int kills)
    {
        if (TrackingSite.WhyNot is { } reason)
        {
            return FigureValue.Skip(reason);
        }

        await using var site = new TrackingSite(Deadline, frames: null, rate: FramesPerSecond);
        await site.StartAsync(coordinators: 3);
        var run = site.Run();
        var epoch = await site.FlowsAsync(after: 0);
        var seconds = new List<double>();
        for (var kill = 1; kill <= kills; kill++)
        {
            var leader = await site.Status().SaysAsync(@"Node '(boss-\d)' coordinates", site.Cluster.Deadline);
            var (began, before) = (Stopwatch.GetTimestamp(), site.Progress().Results);
            site.Cluster[leader].Kill();
            await run.SaysAsync($@"(Another coordinator continues epoch {epoch}\.[\s\S]*){{{kill}}}", site.Cluster.Deadline);
            seconds.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            var (now, results) = site.Progress();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {kill}: '{leader}', another one leads after {seconds[^1]:0.0} s, epoch {epoch} is {now}, results {before} are {results}"));

            // At least two people are in the pictures of both cameras all the time.
            if (now != epoch || results < before + (seconds[^1] * FramesPerSecond * 2))
            {
                throw new InvalidOperationException($"Data was disturbed: epoch {epoch} became {now}, results {before} became {results}.");
            }

            await site.RestartAsync(leader);
        }

        return new FigureValue([seconds.Max()]);
    }
}
