using JellyBean.EndToEnd.Tests.Networks;

namespace JellyBean.EndToEnd.Tests;

/// <summary>What hosts and cables do: clusters of processes on hosts of their own, in network namespaces, with mutual TLS.</summary>
public sealed class HostFaultTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(100);
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
        string[] more = ["--verbosity", "detailed", "--set", $"jellybean.snapshots.folder={Path.Combine(site.Folder, "snapshots")}", "--set", "jellybean.snapshots.every=500ms"];
        var (_, at) = await site.StartAsync("boss", "coordinator", "", more);
        foreach (var (name, role) in new[] { ("sensor-1", "edge"), ("box-1", "cloud"), ("box-2", "cloud") })
        {
            await site.StartAsync(name, role, at, more);
        }

        await site.JoinedAsync("sensor-1", "box-1", "box-2");
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
        await run.SaysAsync($@"Epoch 3 is in force on .*{lost}", site.Deadline);
        var code = await run.EndsAsync(site.Deadline);

        Assert.True(code == 0, site.Everything);
        Assert.Equal(site.ExpectedAlarms, await site.AlarmsAsync());
    }
}
