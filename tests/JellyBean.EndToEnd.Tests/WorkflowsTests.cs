using System.Text.RegularExpressions;

namespace JellyBean.EndToEnd.Tests;

/// <summary>Programs that share a cluster of real processes.</summary>
public sealed class WorkflowsTests
{
    [Fact]
    public async Task Workflow_runs_in_a_cluster_that_another_program_coordinates_by_plans_of_its_own_nodes()
    {
        await using var site = new Site(TimeSpan.FromMinutes(5));
        var boss = site.Start("PublishedInstance", "boss", "node", "coordinator", "");
        var at = await boss.SaysAsync(@"listens at (\S+?)( and|\.$)", site.Deadline);
        var refused = site.Start("MachineAlarms", "stranger", "node", "cloud", at, "--type", "box");
        foreach (var (name, role) in new[] { ("sensor-1", "edge"), ("box-1", "cloud"), ("maker", "planner") })
        {
            await (await site.StartAsync(name, role, at, "--beside")).Process.SaysAsync("has joined", site.Deadline);
        }

        var listed = site.Ask("workflows", at);
        Assert.True(await listed.EndsAsync(site.Deadline) == 0, site.Everything);
        var run = site.Run(at);
        Assert.True(await run.EndsAsync(site.Deadline) == 0, site.Everything);
        var pin = site.Ask("pin", at, "streek", "cloud");
        Assert.Equal(2, await pin.EndsAsync(site.Deadline));
        var unknown = site.Ask("status", at, "--workflow", "nobody");
        Assert.Equal(1, await unknown.EndsAsync(site.Deadline));

        Assert.Equal(1, await refused.EndsAsync(site.Deadline));
        Assert.Matches(@"visual.*\n.*machine-alarms +[0-9a-f]{8} +idle +- +- +box-1 maker sensor-1", listed.Output);
        Assert.Matches("streak", Regex.Match(pin.Output, "Allowed: .*").Value);
        Assert.Contains("machine-alarms", unknown.Output, StringComparison.Ordinal);
        Assert.Equal(site.ExpectedAlarms, await site.AlarmsAsync());
    }
}
