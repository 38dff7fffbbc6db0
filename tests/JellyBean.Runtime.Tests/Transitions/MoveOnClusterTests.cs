using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Tests.Control;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Runtime.Tests.Snapshots;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Runtime.Tests.Transitions;

/// <summary>Plans that are proposed to a real cluster in this process, while elements flow.</summary>
public sealed class MoveOnClusterTests
{
    [Fact]
    public async Task Proposed_plans_take_place_one_after_the_other_and_the_report_goes_on_counting()
    {
        var test = new OracleCase(
            [.. Enumerable.Range(0, 3).Select(s => Enumerable.Range(0, 60).Select(i => new Oracle.Reading($"s{s}", ((i * 5) + s) % 14, i + s, i % 17 == 5)).ToImmutableArray())],
            Workers: 3,
            Parallelism: 2,
            Batch: 2,
            Seed: 11);
        var tables = new DurableTable<string>[] { new(), new(), new(), new() };
        var permits = test.Sources.Select(_ => new SemaphoreSlim(8)).ToList();
        var bindings = new WorkflowBindings(Oracle.All)
            .With(Oracle.Sums, tables[0].Sink).With(Oracle.Pairs, tables[1].Sink).With(Oracle.Spans, tables[2].Sink).With(Oracle.Merged, tables[3].Sink);
        foreach (var (readings, s) in test.Sources.Select((r, s) => (r, s)))
        {
            bindings = bindings.With(Oracle.Readings, $"s{s}", () => new PacedSource<Oracle.Reading>($"s{s}", [.. readings.Select(Oracle.Item)], permits[s]));
        }

        var progress = new Epochs();
        var nodes = Enumerable.Range(0, test.Workers).Select(w => Engine.Engine.Node(new WorkerId($"w{w}")) with { IsCoordinator = w == 0 }).ToList();
        await using var cluster = await LocalCluster.StartAsync(
            bindings, nodes, new LocalClusterOptions { ReportInterval = TimeSpan.FromMilliseconds(50) }, NullLoggerFactory.Instance, CancellationToken.None);

        var running = cluster.RunAsync(test.Plan(1) with { Epoch = 0 }, progress, CancellationToken.None);
        await progress.ReachAsync(1, running);
        for (var epoch = 2; epoch <= 5; epoch++)
        {
            permits.ForEach(p => p.Release(8));
            Assert.True(cluster.Propose(test.Plan(epoch) with { Epoch = 0 }, "It is time."));
            await progress.ReachAsync(epoch, running);
        }

        permits.ForEach(p => p.Release(100));
        var report = await running.WaitAsync(ClusterFixture.Deadline);

        var expected = Oracle.Interpret(test);
        Oracle.AssertSame(expected, Oracle.Sums, tables[0].Rows);
        Oracle.AssertSame(expected, Oracle.Pairs, tables[1].Rows);
        Oracle.AssertSame(expected, Oracle.Spans, tables[2].Rows);
        Oracle.AssertSame(expected, Oracle.Merged, tables[3].Rows);
        Assert.Equal(5, report.Epoch);
        Assert.All(report.Sources, s => Assert.Equal((60, 0, 60), (s.Offered, s.Dropped, s.Processed + s.Failed)));
        Assert.All(expected.Sources, s => Assert.Equal(s.Failed, report.Sources.Single(r => r.Source == s.Source).Failed));
        Assert.Equal(tables.Sum(t => t.Rows.Count), report.Outputs.Sum(o => o.Results));
    }

    private sealed class Epochs : IProgress<RunReport>
    {
        private readonly Lock _gate = new();
        private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _epoch;

        public void Report(RunReport value)
        {
            lock (_gate)
            {
                _epoch = value.Epoch;
                _changed.SetResult();
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        public async Task ReachAsync(long epoch, Task<RunReport> running)
        {
            while (true)
            {
                Task changed;
                lock (_gate)
                {
                    if (_epoch >= epoch)
                    {
                        return;
                    }

                    changed = _changed.Task;
                }

                if (await Task.WhenAny(changed, running).WaitAsync(ClusterFixture.Deadline) == running)
                {
                    var early = await running;
                    Assert.Fail($"The run has ended by epoch {early.Epoch}, before epoch {epoch} was in force.");
                }
            }
        }
    }
}
