using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Sources;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Runtime.Tests.Snapshots;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Outputs;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Runtime.Tests.Fragments;

/// <summary>From where a recorded source gives again what it had given, and when it does not.</summary>
public sealed class RecalledSourceTests
{
    private const long Epoch = 3;
    private const long Snapshot = 7;
    private static readonly Input<int> Live = new("live");
    private static readonly Output<int> Copies = new("copies");
    private static readonly WorkerId Here = new("here");
    private static readonly SourceId Gate = SourceId.Of("live", "gate");
    private static readonly Workflow Workflow = Workflow.Define("w", w => w.From(Live).To(Copies));

    [Fact]
    public async Task Run_goes_on_from_behind_its_snapshot() =>
        Assert.Equal((10, 0), await ReadAsync(reached: 9, recordedFrom: 0));

    [Fact]
    public async Task Run_goes_on_what_is_not_recorded_any_more_is_lost_and_numbers_are_new() =>
        Assert.Equal((SourceNumbers.FirstIn(Epoch), SourceNumbers.FirstIn(Epoch)), await ReadAsync(reached: 9, recordedFrom: 11));

    [Fact]
    public async Task Version_that_took_the_source_over_goes_on_from_what_it_has_read_itself() =>
        Assert.Equal((57, 57), await ReadAsync(reached: -1, recordedFrom: 57, start: new SourceStart(Gate, 57, 57)));

    [Fact]
    public async Task Version_that_had_read_it_before_cannot_go_on_from_there_once_another_one_has() =>
        Assert.Equal(SourceNumbers.FirstIn(Epoch), (await ReadAsync(reached: 9, recordedFrom: 57, start: new SourceStart(Gate, 57, 47))).From);

    [Fact]
    public async Task Source_that_is_held_up_gives_nothing_again_for_another_version_may_take_it_from_the_number_that_it_shows() =>
        Assert.Equal((SourceNumbers.FirstIn(Epoch), SourceNumbers.FirstIn(Epoch)), await ReadAsync(reached: 9, recordedFrom: 0, isHeld: true));

    /// <returns>The number that it is read from, and the first that counts.</returns>
    private static async Task<(long From, long First)> ReadAsync(long reached, long recordedFrom, SourceStart? start = null, bool isHeld = false)
    {
        var store = new MemoryStore();
        var state = new SourceState(reached, DateTimeOffset.UnixEpoch.UtcTicks, Dropped: 0, Offered: reached + 1);
        await store.WriteAsync(
            new SnapshotPart(Snapshot, Epoch - 1, Here, [new StatePiece(SourceState.OwnerOf(Gate), StateFormat.Version, state.Write())]), ImmutableSortedDictionary<WorkerId, NodeAddress>.Empty, CancellationToken.None);
        var bindings = new WorkflowBindings(Workflow).With(Live, "gate", () => new Recorded(recordedFrom)).With(Copies, () => new ListSink<int>());
        var plan = Plans.Of(Workflow, [(Gate, Here)], _ => [new Instance { Worker = Here }], epoch: Epoch);
        await using var plane = new DataPlane(Engine.Engine.Node(Here), bindings, new LocalLinks(), NullLoggerFactory.Instance, TimeProvider.System, store);

        await using var fragment = await plane.PrepareAsync(
            new FragmentOrder(plan) { Resume = Snapshot, Starts = start is null ? [] : [start], Paused = isHeld ? [Gate] : [] }, null, CancellationToken.None);

        var options = fragment.Parts.Readers[Gate].Options;
        Assert.Equal(options.From < SourceNumbers.FirstIn(Epoch), fragment.Recalled.Contains(Gate));
        return (options.From, options.First);
    }

    private sealed class Recorded(long first) : ISource<int>
    {
        public string Name => "gate";

        public bool IsReplayable => false;

        public double? NominalRate => null;

        public bool CanReadAgain(long from) => from >= first;

        public async IAsyncEnumerable<SourceItem<int>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            yield break;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
