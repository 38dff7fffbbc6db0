using CsCheck;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Tests.Engine;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Runtime.Tests.Snapshots;

/// <summary>A run that is cut off again and again, and goes on from its last snapshot under another plan each time, gives what an undisturbed run gives.</summary>
public sealed class RestoreTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Run_cut_off_anywhere_and_restored_under_other_plans_equals_the_reference_interpreter() =>
        await Gen.Select(Oracle.Case, Cuts).SampleAsync((test, cuts) => CheckAsync(test, cuts), iter: 150, threads: 1);

    // For each life of the run: how many elements each source may give before each of its snapshots, and after the last before it is cut off.
    private static readonly Gen<int[][]> Cuts = Gen.Int[0, 25].Array[1, 4].Array[1, 3];

    private static async Task CheckAsync(OracleCase test, int[][] lives)
    {
        var expected = Oracle.Interpret(test);
        var store = new MemoryStore();
        var tables = new DurableTable<string>[] { new(), new(), new(), new() };
        var (epoch, last) = (0L, 0L);

        foreach (var life in lives)
        {
            last = await LiveAsync(test, ++epoch, last, store, tables, life);
        }

        var failed = await FinishAsync(test, ++epoch, last, store, tables);

        Oracle.AssertSame(expected, Oracle.Sums, tables[0].Rows);
        Oracle.AssertSame(expected, Oracle.Pairs, tables[1].Rows);
        Oracle.AssertSame(expected, Oracle.Spans, tables[2].Rows);
        Oracle.AssertSame(expected, Oracle.Merged, tables[3].Rows);
        Assert.All(expected.Sources, s => Assert.Equal(s.Failed, failed.First(f => f.Source == s.Source).Failed));
    }

    /// <summary>Runs, takes snapshots, and is cut off: by then another snapshot may have been begun.</summary>
    /// <returns>The last snapshot that is complete.</returns>
    private static async Task<long> LiveAsync(OracleCase test, long epoch, long last, MemoryStore store, DurableTable<string>[] tables, int[] life)
    {
        var permits = test.Sources.Select(_ => new SemaphoreSlim(0)).ToList();
        await using var run = await TestRun.BeginAsync(test, epoch, last, store, tables, permits);
        foreach (var (steps, i) in life.Select((steps, i) => (steps, i)))
        {
            permits.ForEach(p => p.Release(steps + 1));
            if (i == life.Length - 1)
            {
                // Only some are asked before the end.
                _ = run.Fragments[0].SnapshotAsync(last + 1, CancellationToken.None).ContinueWith(t => t.Exception, TaskScheduler.Default);
                break;
            }

            last++;
            await Task.WhenAll(run.Fragments.Select(f => f.SnapshotAsync(last, CancellationToken.None))).WaitAsync(Deadline);

            // Those at which a sink has not heard of it count all the same.
            await Task.WhenAll(run.Fragments.Skip(i % 2).Select(f => f.CommitAsync(new SnapshotManifest { Snapshot = last, Epoch = f.Epoch, Workflow = "all", Fingerprint = "f", TakenAt = DateTimeOffset.UnixEpoch, Sources = [], Parts = [] }, CancellationToken.None))).WaitAsync(Deadline);
        }

        return last;
    }

    private static async Task<IReadOnlyList<SourceProgress>> FinishAsync(OracleCase test, long epoch, long last, MemoryStore store, DurableTable<string>[] tables)
    {
        var permits = test.Sources.Select(s => new SemaphoreSlim(s.Length + 1)).ToList();
        await using var run = await TestRun.BeginAsync(test, epoch, last, store, tables, permits);
        await Task.WhenAll(run.Fragments.Select(f => f.Completion)).WaitAsync(Deadline);
        var reports = run.Fragments.Select(f => f.Report()).ToList();

        // The end of a run is a snapshot, too.
        var receipts = await Task.WhenAll(run.Fragments.Select(f => f.SnapshotAsync(last + 1, CancellationToken.None))).WaitAsync(Deadline);
        Assert.Equal(run.Fragments.Count, receipts.Length);
        return SourceProgress.Of([.. reports]);
    }

    private sealed class TestRun : IAsyncDisposable
    {
        private readonly List<DataPlane> _planes = [];

        public List<Fragment> Fragments { get; } = [];

        public static async Task<TestRun> BeginAsync(OracleCase test, long epoch, long last, MemoryStore store, DurableTable<string>[] tables, List<SemaphoreSlim> permits)
        {
            store.ForgetAfter(last);
            var plan = test.Plan(epoch);
            var bindings = new WorkflowBindings(Oracle.All)
                .With(Oracle.Sums, tables[0].Sink).With(Oracle.Pairs, tables[1].Sink).With(Oracle.Spans, tables[2].Sink).With(Oracle.Merged, tables[3].Sink);
            foreach (var (readings, s) in test.Sources.Select((r, s) => (r, s)))
            {
                bindings = bindings.With(Oracle.Readings, $"s{s}", () => new PacedSource<Oracle.Reading>($"s{s}", [.. readings.Select(Oracle.Item)], permits[s]));
            }

            var (run, links) = (new TestRun(), new LocalLinks());
            foreach (var worker in plan.Placements.SelectMany(p => p.Instances).Select(i => i.Worker).Distinct().Order())
            {
                var plane = new DataPlane(Engine.Engine.Node(worker), bindings, links, NullLoggerFactory.Instance, TimeProvider.System, store);
                run._planes.Add(plane);
                run.Fragments.Add(await plane.PrepareAsync(new FragmentOrder(plan) { Resume = last == 0 ? null : last }, null, CancellationToken.None));
            }

            run.Fragments.ForEach(f => f.Start());
            return run;
        }

        public async ValueTask DisposeAsync()
        {
            Fragments.ForEach(f => f.Abort());
            foreach (var fragment in Fragments)
            {
                await fragment.DisposeAsync();
            }

            foreach (var plane in _planes)
            {
                await plane.DisposeAsync();
            }
        }
    }
}
