namespace JellyBean.EndToEnd.Tests;

/// <summary>Workers that a coordinator starts and gives back by itself.</summary>
public sealed class ProvisioningTests
{
    [Fact]
    public async Task Worker_that_the_plan_needs_is_started_runs_its_part_and_is_given_back()
    {
        await using var site = new Site(TimeSpan.FromMinutes(3));
        var (boss, at) = await site.StartAsync(
            "boss", "coordinator", "", "--data", Path.Combine(site.Folder, "data"), "--verbosity", "detailed",
            "--set", "jellybean.provisioner.kind=processes", "--set", "jellybean.provisioner.idle-after=1s", "--set", "jellybean.infrastructure.worker-types.sensor.ownership=owned");
        await (await site.StartAsync("sensor-1", "edge", at)).Process.SaysAsync("has joined", site.Deadline);

        var run = site.Run(at);
        var code = await run.EndsAsync(site.Deadline);
        var given = await boss.SaysAsync(@"Worker (box-\d) has had nothing to do", site.Deadline);
        var left = await boss.SaysAsync($"Node '({given})' has left", site.Deadline);

        Assert.True(code == 0, site.Everything);
        Assert.Matches($@"{given}: .*streak", run.Output);
        Assert.Equal(given, left);
        Assert.Equal(site.ExpectedAlarms, await site.AlarmsAsync());
    }
}
