using System.Text.Json;
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

    [Fact]
    public async Task Version_takes_the_place_of_another_and_that_one_of_it_and_each_reading_is_processed_by_one_of_them()
    {
        await using var site = new Site(TimeSpan.FromMinutes(5), repeats: 100);
        var other = OtherBuild.Of(NodeProcess.PathOf("MachineAlarms"), Path.Combine(site.Folder, "other"));
        var (_, at) = await site.StartAsync("boss", "coordinator", "", "--data", Path.Combine(site.Folder, "data"));
        foreach (var (program, name, role) in new[] { ("MachineAlarms", "sensor-1", "edge"), ("MachineAlarms", "box-1", "cloud"), ("MachineAlarms", "planner-1", "planner"), (other, "sensor-1", "edge"), (other, "box-1", "cloud"), (other, "planner-2", "planner") })
        {
            var data = Path.Combine(site.Folder, program == other ? "data-2" : "data-1", name);
            await site.Start(program, name, "node", role, at, "--beside", "--data", data).SaysAsync("has joined", site.Deadline);
        }

        var run = site.Run(at, "--json");
        await run.SaysAsync(@"[1-9]\d* readings processed", site.Deadline);
        var upgrade = site.Start(other, "upgrade", "upgrade", "", at);
        Assert.True(await upgrade.EndsAsync(site.Deadline) == 0, site.Everything);
        Assert.True(await run.EndsAsync(site.Deadline) == 0, site.Everything);
        var back = site.Start("MachineAlarms", "back", "upgrade", "", at);
        Assert.True(await back.EndsAsync(site.Deadline) == 0, site.Everything);
        var status = site.Start(other, "status", "status", "", at, "--json");
        Assert.True(await status.EndsAsync(site.Deadline) == 0, site.Everything);
        var stop = site.Ask("stop", at);
        Assert.True(await stop.EndsAsync(site.Deadline) == 0, site.Everything);

        var (first, second) = (ReadBy(run), ReadBy(status));
        Assert.True((first, first + second) == (TakenFrom(upgrade), TakenFrom(back)), $"{first} {second} {site.Everything}");
        Assert.True(first > 0 && second > 0, site.Everything);
        Assert.Empty((await site.AlarmsAsync()).Except(site.ExpectedAlarms));
        Assert.Equal(2, await site.WritersAsync());
    }

    private static long TakenFrom(NodeProcess upgrade) => long.Parse(Regex.Match(upgrade.Output, @"readings/hall: read here from number (\d+) on").Groups[1].Value);

    private static long ReadBy(NodeProcess asked)
    {
        var status = JsonDocument.Parse(asked.Output.Split('\n').Last(l => l.StartsWith('{'))).RootElement;
        var source = status.GetProperty("sources").EnumerateArray().Single();
        var read = source.GetProperty("in").GetInt64();
        Assert.Equal(read, source.GetProperty("processed").GetInt64() + source.GetProperty("failed").GetInt64());
        return read;
    }
}
