using System.Globalization;
using System.Text.RegularExpressions;
using JellyBean.EndToEnd.Tests.Networks;
using JellyBean.EndToEnd.Tests.Tracking;

namespace JellyBean.Benchmarks.Figures;

/// <summary>A live camera's box without an uplink for minutes, in the tracking example: it goes on within bounds, counts what it drops, and is taken in again when it comes back.</summary>
internal static class ClusterUplink
{
    private const double Minutes = 1;

    // The clip, 795 frames, lasts for more than ten minutes at this rate.
    private const int FramesPerSecond = 1;
    private static readonly TimeSpan Else = TimeSpan.FromMinutes(3);

    public static Figure Figure { get; } = new("cluster.uplink", ["given", "dropped", "memory-growth"], "all that it gave meanwhile is counted, memory grows by at most a tenth; size is minutes, up to 11", size => MeasureAsync(TimeSpan.FromMinutes(size ?? Minutes)));

    private static async Task<FigureValue> MeasureAsync(TimeSpan without)
    {
        if (TrackingSite.WhyNot is { } reason || (reason = HostNetwork.WhyNot) is not null)
        {
            return FigureValue.Skip(reason);
        }

        using var network = new HostNetwork();
        await using var site = new TrackingSite(without + Else, frames: null, network, FramesPerSecond, TrackingSite.LeftIsLive);
        await site.StartAsync(coordinators: 1);
        var run = site.Run();
        var epoch = await site.FlowsAsync(after: 0);
        network.Unplug("camera-1");
        var rest = await site.FlowsAsync(epoch);

        // What is full after this time stays full.
        await Task.Delay(without / 2);
        var before = MemoryOf(site.Cluster["camera-1"].Id);
        await Task.Delay(without / 2);
        var growth = (MemoryOf(site.Cluster["camera-1"].Id) / (double)before) - 1;
        network.Plug("camera-1");
        await site.CameBackAsync("camera-1");
        var back = await site.FlowsAsync(rest);
        var told = await run.SaysAsync($@"Node 'camera-1' has let go of epoch {epoch}: 'cameras/left' had (given \d+ elements, \d+ of them dropped)", site.Cluster.Deadline);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  without an uplink for {without.TotalMinutes:0.#} minutes and what it takes to notice: {told}; the rest went on by epoch {rest}, all by epoch {back}"));
        var numbers = Regex.Matches(told, @"\d+").Select(n => double.Parse(n.Value, CultureInfo.InvariantCulture)).ToList();
        return new FigureValue([numbers[0], numbers[1], growth]);
    }

    private static long MemoryOf(int process)
    {
        using var found = System.Diagnostics.Process.GetProcessById(process);
        return found.WorkingSet64;
    }
}
