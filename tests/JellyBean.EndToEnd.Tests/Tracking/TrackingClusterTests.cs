using System.Globalization;
using JellyBean.EndToEnd.Tests.Networks;

namespace JellyBean.EndToEnd.Tests.Tracking;

/// <summary>The tracking example on real video over processes of four kinds.</summary>
public sealed class TrackingClusterTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    [SkippableFact]
    public async Task Hub_and_then_the_coordinator_are_killed_and_results_equal_those_of_an_undisturbed_run()
    {
        Skip.IfNot(TrackingSite.WhyNot is null, TrackingSite.WhyNot);
        await using var site = new TrackingSite(Deadline, frames: 300);
        await site.StartAsync(coordinators: 3);
        var run = site.Run();
        var before = await site.FlowsAsync(after: 0);
        var used = await TrackingSite.DetectsAsync(run, before, site.Cluster.Deadline);

        site.Cluster[used].Kill();
        var after = await site.FlowsAsync(before);
        var leader = await site.Status().SaysAsync(@"Node '(boss-\d)' coordinates", site.Cluster.Deadline);
        site.Cluster[leader].Kill();
        await run.SaysAsync($"Another coordinator continues epoch {after}", site.Cluster.Deadline);
        var code = await run.EndsAsync(site.Cluster.Deadline);

        Assert.True(code == 0, site.Cluster.Everything);
        Assert.Contains($"'{used}' was lost", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain($"Plan of epoch {after + 1}", run.Output, StringComparison.Ordinal);
        var expected = await site.UndisturbedAsync();
        Assert.True(expected.Count > 1000, $"{expected.Count} results are too few to mean anything.");
        Assert.Equal(expected, site.Results());
    }

    [SkippableFact]
    public async Task Uplink_of_a_live_camera_is_cut_the_rest_goes_on_it_counts_what_it_drops_and_is_reconciled_when_it_comes_back()
    {
        Skip.IfNot(TrackingSite.WhyNot is null, TrackingSite.WhyNot);
        Skip.IfNot(HostNetwork.WhyNot is null, HostNetwork.WhyNot);
        using var network = new HostNetwork();
        await using var site = new TrackingSite(Deadline, frames: null, network, rate: 10, TrackingSite.LeftIsLive);
        await site.StartAsync(coordinators: 1);
        var run = site.Run();
        var first = await site.FlowsAsync(after: 0);

        network.Unplug("camera-1");
        var without = await site.FlowsAsync(first);
        network.Plug("camera-1");
        await site.CameBackAsync("camera-1");
        var with = await site.FlowsAsync(without);

        // Results may be there before whoever waits for the run has heard of their plan.
        await run.SaysAsync("Source 'cameras/left' is left out until node 'camera-1' comes back.", site.Cluster.Deadline);
        var dropped = await run.SaysAsync($@"Node 'camera-1' has let go of epoch {first}: 'cameras/left' had given \d+ elements, (\d+) of them dropped", site.Cluster.Deadline);
        Assert.True(int.Parse(dropped, CultureInfo.InvariantCulture) > 0, site.Cluster.Everything);
        await run.SaysAsync($@"Plan of epoch {with},[\s\S]*camera-1: cameras", site.Cluster.Deadline);
    }
}
