using System.Diagnostics;
using System.Globalization;
using JellyBean.Benchmarks.Clusters;

namespace JellyBean.Benchmarks.Figures;

/// <summary>What it costs to be a cluster: processor time of three nodes in processes of their own that have nothing to do.</summary>
internal static class ClusterIdle
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(60);

    public static Figure Figure { get; } = new("cluster.idle", ["percent-of-a-core"], "at most 5, three nodes together", _ => MeasureAsync());

    private static async Task<FigureValue> MeasureAsync()
    {
        await using var site = new BenchSite(coordinators: 1, bytes: 100, perSecond: 100);
        string[] names = ["boss", "sensor-1", "box-1"];
        var at = await site.StartAsync("boss", "--role", "coordinator");
        await site.StartAsync("sensor-1", "--role", "edge", "--join", at);
        await site.StartAsync("box-1", "--role", "cloud", "--join", at);
        foreach (var name in names)
        {
            await site.JoinedAsync(name);
        }

        // What begins is compiled while it runs, and what runs once a second is compiled again after its thirtieth time: that is not idleness.
        await Task.Delay(Settling);
        var before = names.Select(n => CpuOf(site[n].Id)).ToList();
        var began = Stopwatch.GetTimestamp();
        await Task.Delay(Measured);
        var elapsed = Stopwatch.GetElapsedTime(began);
        var each = names.Select((n, i) => (CpuOf(site[n].Id) - before[i]) / elapsed * 100).ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {string.Join(", ", names.Zip(each, (n, c) => $"{n} {c:0.00} %"))} over {elapsed.TotalSeconds:0} s"));
        return new FigureValue([each.Sum()]);
    }

    private static TimeSpan CpuOf(int process)
    {
        using var found = Process.GetProcessById(process);
        return found.TotalProcessorTime;
    }
}
