using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Runtime.Tests.Control;

public sealed class LocalClusterTests
{
    [Fact]
    public async Task Run_every_fragment_ends_report_is_complete_and_nothing_is_left()
    {
        var hosts = ClusterFixture.Hosts(w => new FakeHost(w) { EndsAtOnce = true });
        var loggers = new ListLoggers();
        RunReport report;

        await using (var cluster = await ClusterFixture.StartAsync(hosts, loggers: loggers))
        {
            report = await RunAsync(cluster);
        }

        Assert.True(report.IsComplete);
        Assert.Equal(["cloud-1", "edge-1", "edge-2"], report.Fragments.Select(f => f.Worker.Value));
        Assert.All(report.Sources, s => Assert.Equal((10_000, 10_000, 0, 0), (s.Offered, s.Processed, s.Dropped, s.Failed)));
        Assert.All(hosts.Values, h => Assert.True(Assert.Single(h.Fragments).IsDisposed && h.IsDisposed));
        Assert.Empty(loggers.Entries.Where(e => e.Level >= LogLevel.Warning).Select(e => e.Text));
    }

    [Fact]
    public async Task Run_again_epoch_grows_and_is_in_the_plan_that_nodes_get()
    {
        var hosts = ClusterFixture.Hosts(w => new FakeHost(w) { EndsAtOnce = true });
        await using var cluster = await ClusterFixture.StartAsync(hosts);

        var first = await RunAsync(cluster);
        var second = await RunAsync(cluster);

        Assert.True(second.Epoch > first.Epoch);
        Assert.All(hosts.Values, h => Assert.Equal([first.Epoch, second.Epoch], h.Fragments.Select(f => f.Plan.Epoch)));
    }

    [Fact]
    public async Task Run_more_failed_elements_than_are_listed_all_are_counted()
    {
        var ledger = new FailureLedger(NullLogger.Instance);
        for (var n = 0; n < 5_000; n++)
        {
            ledger.Add(new OperatorId("in"), new SourceId("in/edge-1"), 2 * n, "torn");
        }

        var hosts = ClusterFixture.Hosts(w => new FakeHost(w) { EndsAtOnce = true, Failures = w.Value == "edge-1" ? ledger.Report() : FailureReport.None });
        await using var cluster = await ClusterFixture.StartAsync(hosts);

        var report = await RunAsync(cluster);

        var source = report.Sources.Single(s => s.Source.Value == "in/edge-1");
        Assert.Equal((10_000, 5_000, 5_000), (source.Offered, source.Processed, source.Failed));
    }

    [Fact]
    public async Task Run_progress_is_reported_while_it_is_on()
    {
        var hosts = ClusterFixture.Hosts();
        var heard = new TaskCompletionSource<RunReport>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var cluster = await ClusterFixture.StartAsync(hosts);

        var running = cluster.RunAsync(ClusterFixture.PlanOfAll(), new Listener(r => heard.TrySetResult(r)), CancellationToken.None);
        var progress = await heard.Task.WaitAsync(ClusterFixture.Deadline);
        await EndAsync(hosts);
        await running.WaitAsync(ClusterFixture.Deadline);

        Assert.False(progress.IsComplete);
        Assert.Equal(3, progress.Fragments.Length);
    }

    [Fact]
    public async Task Run_listener_throws_run_goes_on()
    {
        var hosts = ClusterFixture.Hosts();
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var cluster = await ClusterFixture.StartAsync(hosts);

        var running = cluster.RunAsync(
            ClusterFixture.PlanOfAll(),
            new Listener(_ =>
            {
                heard.TrySetResult();
                throw new InvalidOperationException("listener");
            }),
            CancellationToken.None);
        await heard.Task.WaitAsync(ClusterFixture.Deadline);
        await EndAsync(hosts);

        Assert.True((await running.WaitAsync(ClusterFixture.Deadline)).IsComplete);
    }

    [Fact]
    public async Task Run_drain_sources_stop_and_it_completes()
    {
        var hosts = ClusterFixture.Hosts();
        using var drain = new CancellationTokenSource();
        await using var cluster = await ClusterFixture.StartAsync(hosts);

        var running = cluster.RunAsync(ClusterFixture.PlanOfAll(), null, drain.Token);
        await StartedAsync(hosts);
        await drain.CancelAsync();
        var report = await running.WaitAsync(ClusterFixture.Deadline);

        Assert.True(report.IsComplete);
        Assert.All(hosts.Values, h => Assert.True(h.Fragments[0].IsDrained));
    }

    [Fact]
    public async Task Run_a_fragment_fails_the_others_are_aborted_and_the_cause_is_told()
    {
        var hosts = ClusterFixture.Hosts();
        await using var cluster = await ClusterFixture.StartAsync(hosts);

        var running = cluster.RunAsync(ClusterFixture.PlanOfAll(), null, CancellationToken.None);
        await StartedAsync(hosts);
        hosts["edge-2"].Fragments[0].Fail(new InvalidOperationException("operator 'detect' has no disk"));
        var cause = await Assert.ThrowsAsync<RunException>(() => running.WaitAsync(ClusterFixture.Deadline));

        Assert.Equal("edge-2", cause.Worker?.Value);
        Assert.Contains("edge-2", cause.Message, StringComparison.Ordinal);
        Assert.Contains("operator 'detect' has no disk", cause.Message, StringComparison.Ordinal);
        Assert.All(hosts.Values, h => Assert.True(h.Fragments[0] is { IsAborted: true, IsDisposed: true }));
    }

    [Fact]
    public async Task Run_a_node_cannot_deploy_the_run_fails_before_anything_starts()
    {
        var hosts = ClusterFixture.Hosts(w => new FakeHost(w) { PrepareFault = w.Value == "edge-1" ? new InvalidOperationException("model is gone") : null });
        await using var cluster = await ClusterFixture.StartAsync(hosts);

        var cause = await Assert.ThrowsAsync<RunException>(() => RunAsync(cluster));

        Assert.Equal("edge-1", cause.Worker?.Value);
        Assert.Contains("model is gone", cause.Message, StringComparison.Ordinal);
        Assert.All(hosts.Values.SelectMany(h => h.Fragments), f => Assert.True(!f.Started.IsCompleted && f.IsDisposed));
    }

    [Fact]
    public async Task Run_while_another_is_on_is_refused()
    {
        var hosts = ClusterFixture.Hosts();
        await using var cluster = await ClusterFixture.StartAsync(hosts);
        var running = cluster.RunAsync(ClusterFixture.PlanOfAll(), null, CancellationToken.None);
        await StartedAsync(hosts);

        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(cluster));

        await EndAsync(hosts);
        Assert.True((await running.WaitAsync(ClusterFixture.Deadline)).IsComplete);
    }

    [Fact]
    public async Task Start_another_workflow_is_refused_with_both_fingerprints()
    {
        var hosts = ClusterFixture.Hosts();

        var cause = await Assert.ThrowsAsync<RunException>(() => ClusterFixture.StartAsync(hosts, n => n.Worker.Value == "edge-2" ? "beef" : ClusterFixture.Fingerprint));

        Assert.Contains("edge-2", cause.Message, StringComparison.Ordinal);
        Assert.Contains("beef", cause.Message, StringComparison.Ordinal);
        Assert.Contains(ClusterFixture.Fingerprint, cause.Message, StringComparison.Ordinal);
        Assert.All(hosts.Values, h => Assert.True(h.IsDisposed));
    }

    [Fact]
    public async Task Dispose_while_a_run_is_on_stops_it()
    {
        var hosts = ClusterFixture.Hosts();
        var cluster = await ClusterFixture.StartAsync(hosts);
        var running = cluster.RunAsync(ClusterFixture.PlanOfAll(), null, CancellationToken.None);
        await StartedAsync(hosts);

        await cluster.DisposeAsync();

        await Assert.ThrowsAsync<RunException>(() => running.WaitAsync(ClusterFixture.Deadline));
        Assert.All(hosts.Values, h => Assert.True(h.IsDisposed && h.Fragments[0].IsDisposed));
    }

    [Fact]
    public async Task Node_loses_the_cluster_its_fragment_runs_on_and_it_comes_back()
    {
        var hosts = ClusterFixture.Hosts();
        await using var cluster = await ClusterFixture.StartAsync(hosts);
        var node = cluster.Nodes.Single(n => n.Description.Worker.Value == "edge-1");
        var before = node.Control;
        var running = cluster.RunAsync(ClusterFixture.PlanOfAll(), null, CancellationToken.None);
        await StartedAsync(hosts);

        await before.LeaveAsync(ClusterFixture.Deadline);
        var fragment = hosts["edge-1"].Fragments[0];
        Assert.False(fragment.IsAborted);
        await EndAsync(hosts);
        var report = await running.WaitAsync(ClusterFixture.Deadline);

        Assert.True(report.IsComplete);
        Assert.NotSame(before, node.Control);
    }

    [Fact]
    public async Task Start_wrong_nodes_and_options_all_mistakes_are_told()
    {
        var node = ClusterFixture.Nodes[1];

        var cause = await Assert.ThrowsAsync<ArgumentException>(() => LocalCluster.StartAsync(
            [node, node],
            _ => "",
            n => new FakeHost(n.Worker),
            new LocalClusterOptions { StopDeadline = TimeSpan.Zero },
            new ListLoggers(),
            CancellationToken.None));

        Assert.Contains("Worker 'edge-1' has 2 nodes", cause.Message, StringComparison.Ordinal);
        Assert.Contains("IsCoordinator", cause.Message, StringComparison.Ordinal);
        Assert.Contains("StopDeadline", cause.Message, StringComparison.Ordinal);
    }

    private static Task<RunReport> RunAsync(LocalCluster cluster) =>
        cluster.RunAsync(ClusterFixture.PlanOfAll(), null, CancellationToken.None).WaitAsync(ClusterFixture.Deadline);

    private static async Task StartedAsync(Dictionary<string, FakeHost> hosts)
    {
        foreach (var host in hosts.Values)
        {
            var fragment = await host.Made.WaitAsync(ClusterFixture.Deadline);
            await fragment.Started.WaitAsync(ClusterFixture.Deadline);
        }
    }

    private static async Task EndAsync(Dictionary<string, FakeHost> hosts)
    {
        foreach (var host in hosts.Values)
        {
            (await host.Made.WaitAsync(ClusterFixture.Deadline)).End();
        }
    }

    private sealed class Listener(Action<RunReport> listen) : IProgress<RunReport>
    {
        public void Report(RunReport value) => listen(value);
    }
}
