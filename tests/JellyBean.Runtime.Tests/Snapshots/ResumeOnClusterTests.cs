using System.Collections.Immutable;
using JellyBean.Runtime.Tests.Control;
using JellyBean.Runtime.Tests.Engine;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Runtime.Tests.Snapshots;

/// <summary>Snapshots through the coordinator, with files and a real cluster in this process.</summary>
public sealed class ResumeOnClusterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("jellybean-resume-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Run_whose_cluster_is_stopped_twice_goes_on_each_time_and_equals_an_undisturbed_one()
    {
        var test = Case(sources: 3);
        var tables = new DurableTable<string>[] { new(), new(), new(), new() };

        var first = await LiveAsync(test, epoch: 1, tables, steps: 8);
        var second = await LiveAsync(test, epoch: 2, tables, steps: 8);
        var report = await FinishAsync(test, epoch: 3, tables);

        Assert.True(second.Snapshot > first.Snapshot);
        Assert.True(report.Epoch > second.Epoch);
        var expected = Oracle.Interpret(test);
        Oracle.AssertSame(expected, Oracle.Sums, tables[0].Rows);
        Oracle.AssertSame(expected, Oracle.Pairs, tables[1].Rows);
        Oracle.AssertSame(expected, Oracle.Spans, tables[2].Rows);
        Oracle.AssertSame(expected, Oracle.Merged, tables[3].Rows);
        Assert.All(report.Sources, s => Assert.Equal((s.Offered, 0), (s.Processed + s.Failed, s.Dropped)));

        var snapshots = Assert.IsType<SnapshotReport>(report.Snapshots);
        Assert.True(snapshots.Last > second.Snapshot && snapshots.Bytes > 0);
        Assert.All(report.Fragments.SelectMany(f => f.Sources), s => Assert.InRange(s.Earlier, 1, s.Offered));

        // The end of a run is committed, too.
        Assert.All(tables, t => Assert.True(t.Committed > second.Snapshot));
    }

    [Fact]
    public async Task Unfinished_run_of_other_sources_or_another_workflow_is_refused_with_both()
    {
        var test = Case(sources: 2);
        var tables = new DurableTable<string>[] { new(), new(), new(), new() };
        var unfinished = await LiveAsync(test, epoch: 1, tables, steps: 2);

        var fewer = Bindings(test with { Sources = test.Sources[..1] }, tables, []);
        var other = new WorkflowBindings(JellyBean.Workflows.Workflow.Define("all", w => w.From(Oracle.Readings).Select(r => "").To(Oracle.Sums)));

        Assert.Empty(await unfinished.ProblemsAsync(Bindings(test, tables, []), CancellationToken.None));
        Assert.Contains("this one would read readings/s0.", Assert.Single(await unfinished.ProblemsAsync(fewer, CancellationToken.None)), StringComparison.Ordinal);
        var problems = await unfinished.ProblemsAsync(other, CancellationToken.None);
        Assert.Contains(problems, p => p.Contains(Oracle.All.Fingerprint, StringComparison.Ordinal) && p.Contains(other.Workflow.Fingerprint, StringComparison.Ordinal));
    }

    /// <summary>Runs until a snapshot is complete that has seen what the sources may give, then stops everything.</summary>
    private async Task<UnfinishedRun> LiveAsync(OracleCase test, long epoch, DurableTable<string>[] tables, int steps)
    {
        var permits = test.Sources.Select(_ => new SemaphoreSlim(steps)).ToList();
        var before = UnfinishedRun.Find(_folder);
        await using var cluster = await StartAsync(test, epoch, tables, permits);
        var running = cluster.RunAsync(test.Plan(epoch), before, null, CancellationToken.None);
        var deadline = DateTime.UtcNow + ClusterFixture.Deadline;
        while ((UnfinishedRun.Find(_folder)?.Snapshot ?? 0) < (before?.Snapshot ?? 0) + 2)
        {
            Assert.True(DateTime.UtcNow < deadline && !running.IsCompleted, "No snapshot became complete.");
            await Task.Delay(20);
        }

        await cluster.DisposeAsync();
        await Assert.ThrowsAsync<RunException>(() => running);
        return UnfinishedRun.Find(_folder)!;
    }

    private static OracleCase Case(int sources) => new(
        [.. Enumerable.Range(0, sources).Select(s => Enumerable.Range(0, 40).Select(i => new Oracle.Reading($"s{s}", ((i * 5) + s) % 14, i + s, i % 17 == 5)).ToImmutableArray())],
        Workers: 3,
        Parallelism: 2,
        Batch: 2,
        Seed: 11);

    private async Task<RunReport> FinishAsync(OracleCase test, long epoch, DurableTable<string>[] tables)
    {
        var permits = test.Sources.Select(s => new SemaphoreSlim(s.Length + 1)).ToList();
        await using var cluster = await StartAsync(test, epoch, tables, permits);
        return await cluster.RunAsync(test.Plan(epoch), UnfinishedRun.Find(_folder), null, CancellationToken.None).WaitAsync(ClusterFixture.Deadline);
    }

    private Task<LocalCluster> StartAsync(OracleCase test, long epoch, DurableTable<string>[] tables, List<SemaphoreSlim> permits)
    {
        var workers = test.Plan(epoch).Placements.SelectMany(p => p.Instances).Select(i => i.Worker).Distinct().Order().ToList();
        return LocalCluster.StartAsync(
            Bindings(test, tables, permits),
            [.. workers.Select(w => Engine.Engine.Node(w) with { IsCoordinator = w == workers[0] })],
            new LocalClusterOptions { Snapshots = new SnapshotOptions { Folder = _folder, Every = TimeSpan.FromMilliseconds(100) } },
            NullLoggerFactory.Instance,
            CancellationToken.None);
    }

    private static WorkflowBindings Bindings(OracleCase test, DurableTable<string>[] tables, List<SemaphoreSlim> permits)
    {
        var bindings = new WorkflowBindings(Oracle.All)
            .With(Oracle.Sums, tables[0].Sink).With(Oracle.Pairs, tables[1].Sink).With(Oracle.Spans, tables[2].Sink).With(Oracle.Merged, tables[3].Sink);
        return test.Sources.Select((readings, s) => (readings, s)).Aggregate(bindings, (bound, source) => bound.With(
            Oracle.Readings, $"s{source.s}", () => new PacedSource<Oracle.Reading>($"s{source.s}", [.. source.readings.Select(Oracle.Item)], permits[source.s])));
    }
}
