using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Sources;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Runtime.Tests.Snapshots;
using JellyBean.Workflows;
using JellyBean.Workflows.Flows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Outputs;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Runtime.Tests.Control;

/// <summary>A live source in a cluster that loses nodes: links, snapshots and folders are real, only the process is shared.</summary>
public sealed class LiveSourceGapTests : IDisposable
{
    private const int Lines = 1500;

    private static readonly Input<Beat> Beats = new("beats");
    private static readonly Input<Beat> File = new("file");
    private static readonly Output<Beat> Copies = new("copies");
    private static readonly Output<Beat> Odd = new("odd");
    private static readonly Output<Beat> Sums = new("sums");
    private static readonly KeyedState<Total> State = new(() => new Total(), t => BitConverter.GetBytes(t.Sum), b => new Total { Sum = BitConverter.ToInt64(b.Span) }, Version: 1);

    private static readonly Workflow Workflow = Workflow.Define("live", w =>
    {
        var beats = w.From(Beats).Select(b => b with { Value = (b.Value * 2) + 1 }, name: "make-odd");
        beats.To(Odd);
        w.From(File).Select(b => b with { Value = -b.Value }, name: "copy").To(Copies);
        beats.KeyBy(b => "all").Process("sum", State, (total, b) => new[] { b with { Value = total.Sum += b.Value } }).To(Sums);
    });

    private readonly CancellationTokenSource _deadline = new(ClusterFixture.Deadline);
    private readonly CancellationTokenSource _end = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("jellybean-live-").FullName;
    private readonly ListSink<Beat> _odd = new();
    private readonly ListSink<Beat> _sums = new();
    private readonly DurableTable<Beat> _copies = new();
    private readonly ConcurrentQueue<LiveBeats> _opened = new();

    public void Dispose()
    {
        _deadline.Dispose();
        _end.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Nodes_are_lost_the_gaps_are_what_the_sinks_lack_as_far_as_anyone_can_know_and_no_number_comes_twice()
    {
        await using var site = await StartAsync();
        var running = site.Client.RunAsync(Workflow.Fingerprint, ClusterFixture.Deadline, null, null, null, CancellationToken.None);
        await GoesOnAsync();

        // Between source and sinks: both ends of what is lost are known.
        await site.LoseAsync("hub-1");
        await GoesOnAsync();

        // The one that reads: what it had offered last, nobody has heard of.
        await site.LoseAsync("edge-1");
        await GoesOnAsync();
        await _end.CancelAsync();
        var status = await running.WaitAsync(_deadline.Token);

        Assert.Null(status.EndedFailure);
        var (offered, lastOfEdge) = Offered(status);

        // What that one had offered last, and whatever else was not told exactly.
        var unsure = status.Gaps.Where(g => !g.IsExact).Select(g => SourceNumbers.FirstBefore(g.Numbers.First)).Append(lastOfEdge).ToHashSet();
        foreach (var (output, sink) in new[] { (Odd.Name, _odd), (Sums.Name, _sums) })
        {
            var there = sink.Results.Select(r => NumberOf(r.Id)).ToList();
            List<OutputGap> gaps = [.. status.Gaps.Where(g => g.Output.Value == output)];

            Assert.Empty(there.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => $"{output} #{g.Key}"));
            var missing = offered.Except(there).Where(n => !unsure.Contains(SourceNumbers.FirstBefore(n))).Order().ToList();
            var exact = gaps.Where(g => g.IsExact).ToList();

            // Of each the first may be there: its result had come, and not yet that nothing else comes of it.
            Assert.Equal(missing, exact.SelectMany(Numbers).Except(exact.Select(g => g.Numbers.First).Intersect(there)));
        }

        // What is fed by a file alone goes back to snapshots, though a live source is beside it: each line once, as if nothing had been.
        Assert.Equal(Enumerable.Range(0, Lines).Select(i => -(long)i), _copies.Rows.Select(r => r.Value.Value));

        // What nobody has heard of any more is in no count, and neither is the last result before it, if that is all that had come of its element.
        var source = Assert.Single(status.Sources, s => s.Source == SourceId.Of("beats", "heart"));
        Assert.InRange(source.Offered, _odd.Results.Count - unsure.Count, offered.Count);
        Assert.InRange(source.Offered, offered.Count(n => !unsure.Contains(SourceNumbers.FirstBefore(n))), offered.Count);
        Assert.Equal(source.Offered, source.Processed + source.Dropped + source.Lost);
    }

    // Each that was read took a block of numbers.
    private (List<long> Numbers, long LastOfEdge) Offered(ClusterStatus status)
    {
        var read = _opened.Where(o => o.Given > 0).ToList();
        var blocks = _odd.Results.Select(r => NumberOf(r.Id)).Concat(status.Gaps.Select(g => g.Numbers.First)).Select(SourceNumbers.FirstBefore).Distinct().Order().ToList();
        Assert.Equal(read.Count, blocks.Count);
        Assert.InRange(read.Count, 3, int.MaxValue);
        return ([.. read.Zip(blocks).SelectMany(r => Enumerable.Range(0, r.First.Given).Select(n => r.Second + n))], blocks[read.FindLastIndex(o => o.Node == "edge-1")]);
    }

    // As in beats/heart#17, or beats/heart#17.0 behind keyed state.
    private static long NumberOf(string id) => long.Parse(id[(id.IndexOf('#', StringComparison.Ordinal) + 1)..].Split('.')[0], CultureInfo.InvariantCulture);

    private static IEnumerable<long> Numbers(OutputGap gap)
    {
        for (var number = gap.Numbers.First; number <= gap.Numbers.Last; number++)
        {
            yield return number;
        }
    }

    private async Task GoesOnAsync()
    {
        var results = Math.Max(_odd.Results.Count, _sums.Results.Count) + 100;
        while (_odd.Results.Count < results || _sums.Results.Count < results)
        {
            // Streams of several actor systems: nothing to wait on but what they have written.
            await Task.Delay(10, _deadline.Token);
        }
    }

    private async Task<Site> StartAsync()
    {
        var boss = Start("boss", null, []);
        var site = new Site { Client = new ClusterClient([boss.Address], new NodeAddress("127.0.0.1", 0), null, NullLoggerFactory.Instance) };
        site.Nodes.Add("boss", boss);
        foreach (var name in new[] { "edge-1", "edge-2", "hub-1", "hub-2", "sink-1" })
        {
            site.Nodes.Add(name, Start(name, Tier.Edge, [boss.Address]));
        }

        await Task.WhenAll(site.Nodes.Values.Select(n => n.Welcomed)).WaitAsync(_deadline.Token);
        return site;
    }

    private ClusterNode Start(string name, Tier? tier, ImmutableArray<NodeAddress> join)
    {
        var bindings = new WorkflowBindings(Workflow)
            .With(Beats, "heart", () =>
            {
                var source = new LiveBeats(name, _end.Token);
                _opened.Enqueue(source);
                return source;
            })
            .With(File, "lines", () => new LineFile())
            .With(Copies, _copies.Sink)
            .With(Odd, () => _odd)
            .With(Sums, () => _sums);
        var options = new ClusterNodeOptions
        {
            Join = join,
            Patience = new LocalClusterOptions
            {
                ReportInterval = TimeSpan.FromMilliseconds(50),
                StopDeadline = TimeSpan.FromSeconds(5),
                Snapshots = new SnapshotOptions { Folder = Path.Combine(_folder, name), Every = TimeSpan.FromMilliseconds(200) },
            },
        };
        var description = ClusterFixture.Node(name, Tier.Edge) with { Tier = tier, IsCoordinator = tier is null };
        return ClusterNode.Start(bindings, description, options, tier is null ? new FirstOfEach() : null, NullLoggerFactory.Instance);
    }

    private sealed class Site : IAsyncDisposable
    {
        public Dictionary<string, ClusterNode> Nodes { get; } = [];

        public required ClusterClient Client { get; init; }

        public async Task LoseAsync(string name)
        {
            Nodes.Remove(name, out var node);
            await node!.DisposeAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await Client.DisposeAsync();
            await Task.WhenAll(Nodes.Values.Select(n => n.DisposeAsync().AsTask()));
        }
    }

    /// <summary>Reads on the first edge, works on the first hub, writes on the first that has sinks.</summary>
    private sealed class FirstOfEach : IClusterPlanner
    {
        public Task<ClusterPlan> PlanAsync(ClusterPlanRequest request, CancellationToken cancellationToken)
        {
            var names = request.Members.Select(m => m.Worker).Order().ToList();
            WorkerId First(string kind) => names.First(n => n.Value.StartsWith(kind, StringComparison.Ordinal));
            return Task.FromResult(!new[] { "edge", "hub", "sink" }.All(k => names.Any(n => n.Value.StartsWith(k, StringComparison.Ordinal)))
                ? new ClusterPlan { Reasons = ["Not all are there."] }
                : new ClusterPlan
                {
                    Plan = Plans.Of(
                        Workflow,
                        [(SourceId.Of("beats", "heart"), First("edge")), (SourceId.Of("file", "lines"), First("edge"))],
                        op => [new Instance { Worker = First(op.Id.Value is "make-odd" or "sum" or "copy" ? "hub" : "sink") }]),
                });
        }
    }

    /// <summary>Gives a beat every few milliseconds until it is told to end.</summary>
    private sealed class LiveBeats(string node, CancellationToken end) : ISource<Beat>
    {
        private int _given;

        public string Node => node;

        public string Name => "heart";

        public bool IsReplayable => false;

        public double? NominalRate => null;

        public int Given => Volatile.Read(ref _given);

        public async IAsyncEnumerable<SourceItem<Beat>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(3));
            while (!end.IsCancellationRequested && await ticks.WaitForNextTickAsync(cancellationToken))
            {
                var value = _given++;
                yield return new SourceItem<Beat>(new Beat(value), DateTimeOffset.UnixEpoch.AddMilliseconds(value));
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>Has a line every few milliseconds, the same ones whenever it is read.</summary>
    private sealed class LineFile : ISource<Beat>
    {
        public string Name => "lines";

        public bool IsReplayable => true;

        public double? NominalRate => null;

        public async IAsyncEnumerable<SourceItem<Beat>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(3));
            for (var i = from; i < Lines && await ticks.WaitForNextTickAsync(cancellationToken); i++)
            {
                yield return new SourceItem<Beat>(new Beat(i), DateTimeOffset.UnixEpoch.AddMilliseconds(i));
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    internal sealed record Beat(long Value);

    private sealed class Total
    {
        public long Sum { get; set; }
    }
}
