using System.Diagnostics;
using System.Globalization;
using JellyBean.Benchmarks.Clusters;
using JellyBean.EndToEnd.Tests;

namespace JellyBean.Benchmarks.Figures;

/// <summary>How long it takes after kill -9 of a process: of a worker, until results of another plan flow; of the coordinator, until another one leads and hears the fragments, which must have gone on.</summary>
internal static class ClusterKill
{
    private const int Kills = 5;
    private const int CoordinatorKills = 3;

    public static Figure Worker { get; } = new("cluster.kill.worker", ["seconds"], "at most 5, the worst of the kills", size => WorkerAsync((int)(size ?? Kills)));

    public static Figure Coordinator { get; } = new("cluster.kill.coordinator", ["seconds"], "at most 20, the worst of the kills; the epoch stays and results go on", size => CoordinatorAsync((int)(size ?? CoordinatorKills)));

    private static async Task<FigureValue> WorkerAsync(int kills)
    {
        await using var site = new BenchSite(coordinators: 1, bytes: 10_000, perSecond: 100);
        var at = await site.StartAsync("boss", "--role", "coordinator");
        await site.StartAsync("sensor-1", "--role", "edge", "--join", at, "--pace");
        await site.StartAsync("box-1", "--role", "cloud", "--join", at);
        await site.StartAsync("box-2", "--role", "cloud", "--join", at);
        foreach (var name in new[] { "sensor-1", "box-1", "box-2" })
        {
            await site.JoinedAsync(name);
        }

        await using var run = new WatchedRun(at);
        var seconds = new List<double>();
        for (var kill = 1; kill <= kills; kill++)
        {
            await BenchSite.WaitAsync(() => run.Results > 50, "The first results");
            var (epoch, victim) = (run.Epoch, run.BoxInUse.Value);
            var began = Stopwatch.GetTimestamp();
            site.Kill(victim);
            await BenchSite.WaitAsync(() => run.Epoch > epoch && run.Results > 0, "The first result after a kill");
            seconds.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  kill {kill}: '{victim}', results of epoch {run.Epoch} after {seconds[^1]:0.00} s"));
            await site.RestartAsync(victim);
        }

        return new FigureValue([seconds.Max()]);
    }

    private static async Task<FigureValue> CoordinatorAsync(int kills)
    {
        await using var site = new BenchSite(coordinators: 3, bytes: 10_000, perSecond: 100);
        var ports = FreePorts.Find(3);
        var join = string.Join(',', ports.Select(p => $"127.0.0.1:{p}"));
        List<string> names = [];
        foreach (var (port, index) in ports.Select((p, i) => (p, i)))
        {
            names.Add($"boss-{index + 1}");
            await site.StartAsync(names[^1], "--role", "coordinator", "--listen", $"127.0.0.1:{port}", "--join", join);
        }

        await site.StartAsync("sensor-1", "--role", "edge", "--join", join, "--pace");
        await site.StartAsync("box-1", "--role", "cloud", "--join", join);
        foreach (var name in names.Concat(["sensor-1", "box-1"]))
        {
            await site.JoinedAsync(name);
        }

        await using var run = new WatchedRun(join);
        var seconds = new List<double>();
        for (var kill = 1; kill <= kills; kill++)
        {
            await BenchSite.WaitAsync(() => run.Results > 50 && run.Status?.Phase == "running", "The first results");
            var (epoch, leader, term, results) = (run.Epoch, run.Status!.Coordinator.Value, run.Status.Term, run.Results);
            var began = Stopwatch.GetTimestamp();
            site.Kill(leader);
            await BenchSite.WaitAsync(() => run.Status is { Phase: "running" } s && s.Term > term && run.Results > results, "Another leader");
            seconds.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  kill {kill}: '{leader}'; '{run.Status!.Coordinator}' leads after {seconds[^1]:0.0} s, epoch {epoch} is {run.Epoch}, results {results} are {run.Results}"));
            if (run.Epoch != epoch || run.Results < (seconds[^1] * 50) + results)
            {
                throw new InvalidOperationException($"Data was disturbed: epoch {epoch} became {run.Epoch}, results {results} became {run.Results}.");
            }

            await site.RestartAsync(leader);
        }

        return new FigureValue([seconds.Max()]);
    }
}
