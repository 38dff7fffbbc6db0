using JellyBean.EndToEnd.Tests.Networks;

namespace JellyBean.EndToEnd.Tests;

/// <summary>What hosts and cables do: clusters of processes on hosts of their own, in network namespaces, with mutual TLS.</summary>
public sealed class HostFaultTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);
    private readonly HostNetwork _network;

    public HostFaultTests()
    {
        Skip.IfNot(HostNetwork.WhyNot is null, HostNetwork.WhyNot);
        _network = new HostNetwork();
    }

    public void Dispose() => _network.Dispose();

    [SkippableFact]
    public async Task Host_vanishes_its_worker_is_replaced_and_when_it_comes_back_it_is_fenced_and_serves_again()
    {
        await using var site = new Site(Deadline, repeats: 8, _network);
        var at = await StartAsync(site, "--verbosity", "detailed");
        var run = site.Run(at);
        var lost = await run.SaysAsync(@"(box-\d): .*streak", site.Deadline);
        var other = lost == "box-1" ? "box-2" : "box-1";
        await run.SaysAsync(@"[1-9]\d* readings processed", site.Deadline);

        _network.Unplug(lost);
        await run.SaysAsync($"'{lost}' was lost", site.Deadline);
        await run.SaysAsync($@"Epoch 2 is in force on .*{other}", site.Deadline);
        _network.Plug(lost);
        await site[lost].SaysAsync(@"lost the cluster[\s\S]*was welcomed", site.Deadline);
        site[other].Terminate();

        // The sink is transactional, so what moves goes on from a snapshot: whether that takes one more number is not the point.
        await run.SaysAsync($@"Epoch [34] is in force on .*{lost}", site.Deadline);

        await EndsAsExpectedAsync(site, run);
    }

    [SkippableFact]
    public async Task Network_falls_into_equal_halves_the_one_with_the_coordinator_goes_on_and_the_other_comes_back()
    {
        await using var site = new Site(Deadline, repeats: 6, _network);
        var at = await StartAsync(site, "--verbosity", "detailed");
        await site.StartAsync("sensor-2", "edge", at, SnapshotsOf(site));
        await site.StartAsync("box-3", "cloud", at, SnapshotsOf(site));
        await site.JoinedAsync("sensor-2", "box-3");
        var run = site.Run(at);
        var (sensor, box) = (await run.SaysAsync(@"(sensor-\d): .*readings", site.Deadline), await run.SaysAsync(@"(box-\d): .*streak", site.Deadline));
        string[] half = [sensor, box, box == "box-3" ? "box-2" : "box-3"];
        await run.SaysAsync(@"[1-9]\d* readings processed", site.Deadline);

        _network.Part(half);
        await run.SaysAsync($@"Epoch \d is in force on (?!.*({sensor}|{box}))", site.Deadline);
        _network.Unite();
        await site[box].SaysAsync(@"lost the cluster[\s\S]*was welcomed", site.Deadline);

        await EndsAsExpectedAsync(site, run);
    }

    [SkippableFact]
    public async Task Host_of_the_coordinator_vanishes_data_flows_on_and_another_one_continues_the_same_epoch()
    {
        await using var site = new Site(Deadline, repeats: 6, _network);
        string[] bosses = ["boss-1", "boss-2", "boss-3"];
        var join = string.Join(',', bosses.Select(b => $"{_network.AddressOf(b)}:4711"));
        foreach (var boss in bosses)
        {
            await site.StartAsync(boss, "coordinator", join, "--listen", $"{_network.AddressOf(boss)}:4711", "--set", "jellybean.node.coordinators=3", "--verbosity", "detailed");
        }

        await site.StartAsync("sensor-1", "edge", join, "--set", "jellybean.node.coordinators=3");
        await site.StartAsync("box-1", "cloud", join, "--set", "jellybean.node.coordinators=3");
        await site.JoinedAsync([.. bosses, "sensor-1", "box-1"]);
        var run = site.Run(join);
        await run.SaysAsync(@"[1-9]\d* readings processed", site.Deadline);
        var leader = bosses.First(b => site[b].Output.Contains("This node coordinates", StringComparison.Ordinal));

        _network.Unplug(leader);
        var continued = await run.SaysAsync(@"Another coordinator continues epoch (\d+)", site.Deadline);

        Assert.Equal("1", continued);
        await EndsAsExpectedAsync(site, run);
        Assert.Contains("by epoch 1,", run.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Link_is_slow_and_loses_packets_nothing_is_lost_and_nobody_is_taken_for_dead()
    {
        await using var site = new Site(Deadline, repeats: 4, _network, rate: 1000);
        var at = await StartAsync(site);
        _network.Slow("sensor-1", "96kbit", "6kb");

        // A tenth of what the source would give: the link is full all the time.
        var run = site.Run(at);
        await EndsAsExpectedAsync(site, run);

        Assert.True(_network.LostBy("sensor-1") > 0, "The link has lost nothing: it was not slow enough to mean anything.");
        Assert.Contains("by epoch 1,", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("UNREACHABLE", site.Everything, StringComparison.Ordinal);
    }

    private static string[] SnapshotsOf(Site site) => ["--set", $"jellybean.snapshots.folder={Path.Combine(site.Folder, "snapshots")}", "--set", "jellybean.snapshots.every=500ms"];

    /// <summary>A coordinator, a sensor and two boxes.</summary>
    private static async Task<string> StartAsync(Site site, params string[] more)
    {
        more = [.. more, .. SnapshotsOf(site)];
        var (_, at) = await site.StartAsync("boss", "coordinator", "", more);
        foreach (var (name, role) in new[] { ("sensor-1", "edge"), ("box-1", "cloud"), ("box-2", "cloud") })
        {
            await site.StartAsync(name, role, at, more);
        }

        await site.JoinedAsync("sensor-1", "box-1", "box-2");
        return at;
    }

    private static async Task EndsAsExpectedAsync(Site site, NodeProcess run)
    {
        Assert.True(await run.EndsAsync(site.Deadline) == 0, site.Everything);
        Assert.Equal(site.ExpectedAlarms, await site.AlarmsAsync());
    }
}
