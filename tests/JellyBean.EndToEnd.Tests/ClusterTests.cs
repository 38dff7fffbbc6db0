namespace JellyBean.EndToEnd.Tests;

/// <summary>Clusters of real processes on loopback.</summary>
public sealed class ClusterTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Run_over_processes_of_three_roles_finds_what_the_reference_interpreter_finds()
    {
        await using var site = new Site(Deadline);
        var (boss, at) = await site.StartAsync("boss", "coordinator", "");
        var (sensor, _) = await site.StartAsync("sensor-1", "edge", at);
        var (box, _) = await site.StartAsync("box-1", "cloud", at);
        await sensor.SaysAsync("has joined", site.Deadline);
        await box.SaysAsync("has joined", site.Deadline);

        var run = site.Run(at);
        var code = await run.EndsAsync(site.Deadline);

        Assert.True(code == 0, site.Everything);
        Assert.Matches(@"sensor-1: .*readings", run.Output);
        Assert.Matches(@"box-1: .*streak", run.Output);
        Assert.Contains("400 readings in, 399 processed, 0 dropped, 1 failed", run.Output, StringComparison.Ordinal);
        Assert.Equal(site.ExpectedAlarms, await site.AlarmsAsync());
        boss.Terminate();
        Assert.Equal(0, await boss.EndsAsync(site.Deadline));
    }

    [Fact]
    public async Task Join_with_another_workflow_is_refused_with_both_fingerprints()
    {
        await using var site = new Site(Deadline);
        var (boss, at) = await site.StartAsync("boss", "coordinator", "", "--verbosity", "detailed");

        var other = site.Start("PublishedInstance", "other", "node", "coordinator", at);
        var code = await other.EndsAsync(site.Deadline);

        Assert.Equal(1, code);
        var both = System.Text.RegularExpressions.Regex.Match(other.Output, "has built a workflow with fingerprint ([0-9a-f]+), the coordinator one with fingerprint ([0-9a-f]+)");
        Assert.True(both.Success && both.Groups[1].Value != both.Groups[2].Value, site.Everything);
        Assert.False(boss.HasExited);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Worker_is_killed_the_run_goes_on_elsewhere_and_the_results_are_those_of_an_undisturbed_one(bool takesSnapshots)
    {
        await using var site = new Site(Deadline, repeats: 8);
        string[] more = takesSnapshots ? ["--set", $"jellybean.snapshots.folder={Path.Combine(site.Folder, "snapshots")}", "--set", "jellybean.snapshots.every=500ms"] : [];
        var (_, at) = await site.StartAsync("boss", "coordinator", "", more);
        var (sensor, _) = await site.StartAsync("sensor-1", "edge", at, more);
        var boxes = new Dictionary<string, NodeProcess>();
        foreach (var name in new[] { "box-1", "box-2" })
        {
            boxes[name] = (await site.StartAsync(name, "cloud", at, more)).Process;
            await boxes[name].SaysAsync("has joined", site.Deadline);
        }

        await sensor.SaysAsync("has joined", site.Deadline);
        var run = site.Run(at);
        var used = await run.SaysAsync(@"(box-\d): .*streak", site.Deadline);
        await run.SaysAsync(@"[1-9]\d* readings processed", site.Deadline);
        boxes[used].Kill();
        var code = await run.EndsAsync(site.Deadline);

        Assert.True(code == 0, site.Everything);
        Assert.Contains($"'{used}' was lost", run.Output, StringComparison.Ordinal);
        Assert.Equal(site.ExpectedAlarms, await site.AlarmsAsync());
    }

    [Fact]
    public async Task Nodes_are_told_to_leave_one_what_it_runs_moves_all_it_goes_on_when_they_are_back()
    {
        await using var site = new Site(Deadline, repeats: 8);
        var at = $"127.0.0.1:{FreePorts.Find(1)[0]}";
        string[] boss = ["--listen", at, "--data", Path.Combine(site.Folder, "data")];
        await site.StartAsync("boss", "coordinator", "", boss);
        var (sensor, _) = await site.StartAsync("sensor-1", "edge", at);
        var boxes = new Dictionary<string, NodeProcess>();
        foreach (var name in new[] { "box-1", "box-2" })
        {
            boxes[name] = (await site.StartAsync(name, "cloud", at)).Process;
            await boxes[name].SaysAsync("has joined", site.Deadline);
        }

        await sensor.SaysAsync("has joined", site.Deadline);
        var run = site.Run(at);
        var used = await run.SaysAsync(@"(box-\d): .*streak", site.Deadline);
        await run.SaysAsync(@"[1-9]\d* readings processed", site.Deadline);
        boxes[used].Terminate();

        Assert.True(await boxes[used].EndsAsync(site.Deadline) == 0, site.Everything);
        Assert.Contains("has left.", boxes[used].Output, StringComparison.Ordinal);
        await run.SaysAsync($"'{used}' is leaving", site.Deadline);

        // Its process has ended before the cluster knows.
        NodeProcess status;
        do
        {
            status = site.Ask("status", at);
            Assert.True(await status.EndsAsync(site.Deadline) == 0, site.Everything);
        }
        while (!System.Text.RegularExpressions.Regex.IsMatch(status.Output, $@"{used} .* left "));

        var left = boxes.Keys.Single(name => name != used);
        NodeProcess[] all = [site["boss"], sensor, boxes[left]];
        Array.ForEach(all, node => node.Terminate());
        foreach (var node in all)
        {
            Assert.True(await node.EndsAsync(site.Deadline) == 0, site.Everything);
        }

        await site.StartAsync("boss", "coordinator", "", boss);
        await site.StartAsync("sensor-1", "edge", at);
        await site.StartAsync(left, "cloud", at);
        Assert.True(await run.EndsAsync(site.Deadline) == 0, site.Everything);
        Assert.Equal(site.ExpectedAlarms, await site.AlarmsAsync());
    }

    [Fact]
    public async Task Coordinator_is_killed_another_one_continues_the_same_epoch()
    {
        await using var site = new Site(Deadline, repeats: 20);
        var ports = FreePorts.Find(3);
        var join = string.Join(',', ports.Select(p => $"127.0.0.1:{p}"));
        var bosses = new Dictionary<string, NodeProcess>();
        foreach (var (port, index) in ports.Select((p, i) => (p, i + 1)))
        {
            string[] more = ["--listen", $"127.0.0.1:{port}", "--data", Path.Combine(site.Folder, "data"), "--set", "jellybean.node.coordinators=3"];
            bosses[$"boss-{index}"] = (await site.StartAsync($"boss-{index}", "coordinator", join, more)).Process;
        }

        foreach (var boss in bosses.Values)
        {
            await boss.SaysAsync("has joined", site.Deadline);
        }

        var sensor = (await site.StartAsync("sensor-1", "edge", join, "--set", "jellybean.node.coordinators=3")).Process;
        var box = (await site.StartAsync("box-1", "cloud", join, "--set", "jellybean.node.coordinators=3")).Process;
        await sensor.SaysAsync("has joined", site.Deadline);
        await box.SaysAsync("has joined", site.Deadline);
        var run = site.Run(join);
        await run.SaysAsync(@"[1-9]\d* readings processed", site.Deadline);
        var status = site.Ask("status", join);
        var leader = await status.SaysAsync(@"Node '(boss-\d)' coordinates", site.Deadline);
        bosses[leader].Kill();
        var continued = await run.SaysAsync(@"Another coordinator continues epoch (\d+)", site.Deadline);
        var code = await run.EndsAsync(site.Deadline);

        Assert.True(code == 0, site.Everything);
        Assert.Equal("1", continued);
        Assert.Contains("by epoch 1,", run.Output, StringComparison.Ordinal);
        Assert.Equal(site.ExpectedAlarms, await site.AlarmsAsync());
    }
}
