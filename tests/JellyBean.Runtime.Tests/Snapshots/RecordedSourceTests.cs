using System.Globalization;
using System.Runtime.CompilerServices;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Tests.Control;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Outputs;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Runtime.Tests.Snapshots;

/// <summary>A live source that is recorded: after a crash it is read again from the last snapshot.</summary>
public sealed class RecordedSourceTests : IDisposable
{
    private static readonly Input<long> Beats = new("beats");
    private static readonly Output<long> Copies = new("copies");
    private static readonly WorkerId Edge = new("edge-1");
    private static readonly Workflow Workflow = Workflow.Define("recorded", w => w.From(Beats).Select(x => x).To(Copies));

    private readonly CancellationTokenSource _deadline = new(ClusterFixture.Deadline);
    private readonly string _folder = Directory.CreateTempSubdirectory("jellybean-recorded-").FullName;

    public void Dispose()
    {
        _deadline.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Run_goes_on_and_all_that_was_given_since_the_snapshot_comes_again_with_its_numbers_none_dropped()
    {
        var tape = new List<long>();
        var before = new ListSink<long>();
        await using (var cluster = await StartAsync(before, () => new Recorded(tape, int.MaxValue)))
        {
            var running = cluster.RunAsync(Plan(1), null, null, CancellationToken.None);
            while ((UnfinishedRun.Find(_folder)?.Snapshot ?? 0) < 2 || before.Results.Count < 50)
            {
                // Another system's files: there is nothing to wait on but time.
                await Task.Delay(20, _deadline.Token);
            }

            await cluster.DisposeAsync();
            await Assert.ThrowsAsync<RunException>(() => running);
        }

        var given = tape.Count;
        var unfinished = UnfinishedRun.Find(_folder)!;
        Assert.Empty(await unfinished.NotGivenAgainAsync(Bindings(before, () => new Recorded(tape, given)), _deadline.Token));
        Assert.Equal(SourceId.Of("beats", "heart"), Assert.Single(await unfinished.NotGivenAgainAsync(Bindings(before, () => new Recorded([], given)), _deadline.Token)));

        var after = new ListSink<long>();
        await using var next = await StartAsync(after, () => new Recorded(tape, given + 20));
        var report = await next.RunAsync(Plan(2), unfinished, null, CancellationToken.None).WaitAsync(_deadline.Token);

        var source = Assert.Single(report.Sources);
        Assert.Equal((tape.Count, 0L), (source.Offered, source.Lost));
        Assert.Equal(source.Offered, source.Processed + source.Dropped);

        // What was given before comes again, though its policy keeps one; with the numbers that it had.
        var again = after.Results.Select(r => (Number: NumberOf(r.Id), r.Value)).ToList();
        var first = again[0].Number;
        Assert.InRange(first, 1, given);
        Assert.Equal(Enumerable.Range((int)first, given - (int)first).Select(n => (long)n), again.Select(r => r.Number).Where(n => n < given));
        Assert.All(again, r => Assert.Equal(tape[(int)r.Number], r.Value));
    }

    private static long NumberOf(string id) => long.Parse(id[(id.IndexOf('#', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);

    private static Plan Plan(long epoch) => Plans.Of(Workflow, [(SourceId.Of("beats", "heart"), Edge)], _ => [new Instance { Worker = Edge }], epoch: epoch);

    private static WorkflowBindings Bindings(ListSink<long> sink, Func<Recorded> open) => new WorkflowBindings(Workflow).With(Beats, "heart", open, Overload.LatestOnly).With(Copies, () => sink);

    private Task<LocalCluster> StartAsync(ListSink<long> sink, Func<Recorded> open) => LocalCluster.StartAsync(
        Bindings(sink, open),
        [Engine.Engine.Node(Edge) with { IsCoordinator = true }],
        new LocalClusterOptions { Snapshots = new SnapshotOptions { Folder = _folder, Every = TimeSpan.FromMilliseconds(100) } },
        NullLoggerFactory.Instance,
        CancellationToken.None);

    /// <summary>Gives beats that nobody can foresee, and keeps them: first what is kept from a number on, at once, then new ones.</summary>
    private sealed class Recorded(List<long> tape, int most) : ISource<long>
    {
        public string Name => "heart";

        public bool IsReplayable => false;

        public double? NominalRate => null;

        public bool CanReadAgain(long from) => from <= tape.Count;

        public async IAsyncEnumerable<SourceItem<long>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var kept = tape.Count;
            for (var n = (int)from; n < kept; n++)
            {
                yield return new SourceItem<long>(tape[n], DateTimeOffset.UnixEpoch.AddMilliseconds(n)) { IsAgain = true };
            }

            using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(3));
            while (tape.Count < most && await ticks.WaitForNextTickAsync(cancellationToken))
            {
                tape.Add(Random.Shared.NextInt64());
                yield return new SourceItem<long>(tape[^1], DateTimeOffset.UnixEpoch.AddMilliseconds(tape.Count - 1));
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
