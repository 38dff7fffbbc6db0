using System.Collections.Immutable;
using CsCheck;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Compilation;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Runtime.Tests.Snapshots;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Runtime.Tests.Transitions;

/// <summary>A run whose plan is replaced again and again while elements flow gives what an undisturbed run gives, each result once.</summary>
public sealed class MoveTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    // For each transition: how many elements each source may give before it is prepared, and how many more before it is carried out.
    private static readonly Gen<(int Before, int Meanwhile)[]> Moves = Gen.Select(Gen.Int[0, 15], Gen.Int[0, 5]).Array[1, 5];

    [Fact]
    public async Task Run_moved_between_any_plans_while_elements_flow_equals_the_reference_interpreter() =>
        await Gen.Select(Oracle.Case, Moves).SampleAsync((test, moves) => CheckAsync(test, moves, null), iter: 60, threads: 1);

    [Fact]
    public async Task Run_whose_keys_are_on_several_workers_is_moved_like_any() =>
        await Gen.Select(Oracle.Case, Moves).SampleAsync((test, moves) => CheckAsync(test with { SpreadsKeys = true }, moves, null), iter: 20, threads: 1);

    [Fact]
    public async Task Run_moved_between_any_plans_over_links_of_the_network_equals_the_reference_interpreter() =>
        await Gen.Select(Oracle.Case, Moves).SampleAsync((test, moves) => CheckAsync(test, moves, new LinkOptions()), iter: 20, threads: 1);

    [Fact]
    public async Task Run_whose_keys_are_on_several_workers_is_moved_over_links_of_the_network_like_any() =>
        await Gen.Select(Oracle.Case, Moves).SampleAsync((test, moves) => CheckAsync(test with { SpreadsKeys = true }, moves, new LinkOptions()), iter: 10, threads: 1);

    [Fact]
    public async Task Run_whose_source_gives_nothing_is_moved_like_any() =>
        await CheckAsync(new OracleCase([[]], 2, 2, 1, 1306794584), [(6, 3), (7, 5)], new LinkOptions());

    [Fact]
    public async Task Run_whose_sources_are_added_and_removed_gives_what_each_gave_and_counts_it() =>
        await Gen.Select(Oracle.Case, Moves).SampleAsync(CheckSourcesAsync, iter: 40, threads: 1);

    private static async Task CheckSourcesAsync(OracleCase test, (int Before, int Meanwhile)[] moves)
    {
        // The first stays; each of the others comes with some plan, and goes with a later one, perhaps none.
        var random = new Random(test.Seed);
        var comes = test.Sources.Select((_, s) => s == 0 ? 0 : random.Next(moves.Length + 1)).ToList();
        await CheckSourcesAsync(test, moves, comes, [.. comes.Select((c, s) => s == 0 ? int.MaxValue : c + 1 + random.Next(moves.Length + 1))]);
    }

    private static async Task CheckSourcesAsync(OracleCase test, (int Before, int Meanwhile)[] moves, IReadOnlyList<int> comes, IReadOnlyList<int> goes)
    {
        var tables = new DurableTable<string>[] { new(), new(), new(), new() };
        var permits = test.Sources.Select(_ => new SemaphoreSlim(0)).ToList();
        await using var run = new MovingRun(test, tables, permits, null);
        for (var i = 0; i <= moves.Length; i++)
        {
            var (before, meanwhile) = i == 0 ? (0, 0) : moves[i - 1];
            permits.ForEach(p => p.Release(before + 1));
            await run.MoveAsync(i + 1, () => permits.ForEach(p => p.Release(meanwhile + 1)), s => comes[s] <= i && i < goes[s]);
        }

        permits.ForEach(p => p.Release(1000));
        var told = (await run.FinishAsync()).ToDictionary(s => s.Source.Value);

        Assert.All(told.Values, s => Assert.Equal(s.Offered, s.Processed + s.Failed));
        Assert.All(comes.Select((c, s) => (c, s)), s => Assert.Equal(s.c <= moves.Length, told.ContainsKey($"readings/s{s.s}")));
        var given = test with { Sources = [.. test.Sources.Select((readings, s) => readings.Take((int)(told.GetValueOrDefault($"readings/s{s}")?.Offered ?? 0)).ToImmutableArray())] };
        var expected = Oracle.Interpret(given);
        Oracle.AssertSame(expected, Oracle.Sums, tables[0].Rows);
        Oracle.AssertSame(expected, Oracle.Merged, tables[3].Rows);
    }

    private static async Task CheckAsync(OracleCase test, (int Before, int Meanwhile)[] moves, LinkOptions? remote)
    {
        var expected = Oracle.Interpret(test);
        var permits = test.Sources.Select(_ => new SemaphoreSlim(0)).ToList();
        var tables = new DurableTable<string>[] { new(), new(), new(), new() };
        await using var run = new MovingRun(test, tables, permits, remote);
        await run.MoveAsync(1, () => { });

        foreach (var ((before, meanwhile), i) in moves.Select((move, i) => (move, i)))
        {
            permits.ForEach(p => p.Release(before + 1));
            await run.MoveAsync(i + 2, () => permits.ForEach(p => p.Release(meanwhile + 1)));
        }

        permits.ForEach(p => p.Release(1000));
        var failed = (await run.FinishAsync()).ToDictionary(s => s.Source);

        Oracle.AssertSame(expected, Oracle.Sums, tables[0].Rows);
        Oracle.AssertSame(expected, Oracle.Pairs, tables[1].Rows);
        Oracle.AssertSame(expected, Oracle.Spans, tables[2].Rows);
        Oracle.AssertSame(expected, Oracle.Merged, tables[3].Rows);
        Assert.All(expected.Sources, s => Assert.Equal(s.Failed, failed[s.Source].Failed));
        Assert.All(failed.Values, s => Assert.Equal(s.Offered, s.Processed + s.Failed));
    }

    [Fact]
    public async Task Source_added_after_all_others_have_ended_is_asked_by_the_variants_that_are_loaded() =>
        await CheckSourcesAsync(
            new OracleCase([[new("s0", 2, 0, false)], [.. Enumerable.Range(0, 30).Select(i => new Oracle.Reading("s1", i % 14, i, false))]], 1, 2, 2, 1), [(3, 0), (5, 5)], [0, 1], [int.MaxValue, int.MaxValue]);

    /// <summary>Data planes without a cluster: the test says when a plan takes the place of the one before.</summary>
    private sealed class MovingRun : IAsyncDisposable
    {
        private readonly OracleCase _test;
        private readonly ImmutableSortedDictionary<WorkerId, LinkEndpoint> _endpoints;
        private readonly ImmutableSortedDictionary<WorkerId, DataPlane> _planes;
        private readonly Dictionary<WorkerId, Fragment> _fragments = [];
        private readonly Random _random;
        private Plan? _plan;

        public MovingRun(OracleCase test, DurableTable<string>[] tables, List<SemaphoreSlim> permits, LinkOptions? remote)
        {
            _test = test;
            _random = new Random(test.Seed);
            var bindings = new WorkflowBindings(Oracle.All)
                .With(Oracle.Sums, tables[0].Sink).With(Oracle.Pairs, tables[1].Sink).With(Oracle.Spans, tables[2].Sink).With(Oracle.Merged, tables[3].Sink);
            foreach (var (readings, s) in test.Sources.Select((r, s) => (r, s)))
            {
                bindings = bindings.With(Oracle.Readings, $"s{s}", () => new PacedSource<Oracle.Reading>($"s{s}", [.. readings.Select(Oracle.Item)], permits[s]));
            }

            var (links, workers) = (new LocalLinks(), Enumerable.Range(0, test.Workers).Select(w => new WorkerId($"w{w}")).ToList());
            _endpoints = workers.Where(_ => remote is not null).ToImmutableSortedDictionary(
                w => w, w => LinkEndpoint.Start(remote!, null, Oracle.All.Fingerprint, NullLoggerFactory.Instance, TimeProvider.System));
            _planes = workers.ToImmutableSortedDictionary(
                w => w,
                w => new DataPlane(Engine.Engine.Node(w), bindings, remote is null ? links : new LocalLinks(), NullLoggerFactory.Instance, TimeProvider.System, endpoint: _endpoints.GetValueOrDefault(w)));
        }

        public async Task MoveAsync(long epoch, Action meanwhile, Func<int, bool>? reads = null)
        {
            var plan = _test.Plan(epoch, reads);
            var next = new Dictionary<WorkerId, Fragment>();
            foreach (var (worker, plane) in _planes)
            {
                var order = new FragmentOrder(plan) { Former = _plan, Peers = _endpoints.ToImmutableSortedDictionary(e => e.Key, e => e.Value.Address) };
                next[worker] = await plane.PrepareAsync(order, _fragments.GetValueOrDefault(worker), CancellationToken.None);
            }

            meanwhile();

            // Nodes are told in any order.
            foreach (var fragment in next.Values.OrderBy(_ => _random.Next()))
            {
                fragment.Start();
            }

            await ReachAsync("taken over", f => f.TakenOver, next, () => string.Join("; ", _fragments.Select(f =>
                $"{f.Key} {(f.Value.Completion.IsCompleted ? "done" : "not done")}, keeps {string.Join(',', StateKeys.Of(Oracle.All, _plan!).Where(k => k.Worker == f.Key && !f.Value.Parts.Snapshots.HandedOverAsync(k.Key).IsCompleted).Select(k => k.Key))}")));
            foreach (var (worker, fragment) in next)
            {
                if (_fragments.TryGetValue(worker, out var before))
                {
                    await before.DisposeAsync();
                }

                _fragments[worker] = fragment;
            }

            _plan = plan;
        }

        public async Task<ImmutableArray<SourceProgress>> FinishAsync()
        {
            await ReachAsync("complete", f => f.Completion, _fragments);
            return SourceProgress.Of([.. _fragments.Values.Select(f => f.Report())]);
        }

        // What is missing says more than that something is.
        private static async Task ReachAsync(string what, Func<Fragment, Task> of, IReadOnlyDictionary<WorkerId, Fragment> fragments, Func<string>? missing = null)
        {
            try
            {
                await Task.WhenAll(fragments.Values.Select(of)).WaitAsync(Deadline);
            }
            catch (TimeoutException)
            {
                Assert.Fail($"Not {what}: {string.Join(", ", fragments.Where(f => !of(f.Value).IsCompleted).Select(f => $"{f.Key} of epoch {f.Value.Epoch}"))}. {missing?.Invoke()}");
            }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var part in _fragments.Values.Cast<IAsyncDisposable>().Concat(_planes.Values).Concat(_endpoints.Values))
            {
                await part.DisposeAsync();
            }
        }
    }
}
