using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Runtime.Tests.Stages;

public sealed class SourceMergeStageTests
{
    private const int Count = 500;
    private const int PerSecond = 10;
    private const int MostAheadSeconds = 2;

    private static readonly Input<int> Numbers = new("numbers");
    private static readonly Output<int> Pairs = new("pairs");
    private static readonly WorkerId Here = new("here");

    [Fact]
    public async Task Merge_before_a_join_a_source_that_reads_faster_waits_for_the_other()
    {
        var lead = 0;
        var most = 0;

        foreach (var isFast in await OrderAsync(isReplayable: true))
        {
            lead += isFast ? 1 : -1;
            most = Math.Max(most, lead);
        }

        // The other one's next element may have been heard, but not given yet.
        Assert.InRange(most, 1, (MostAheadSeconds * PerSecond) + 1);
    }

    [Fact]
    public async Task Merge_of_live_sources_none_waits_and_all_comes()
    {
        var order = await OrderAsync(isReplayable: false);

        Assert.Equal(Count, order.Count(isFast => isFast));
        Assert.Equal(Count, order.Count(isFast => !isFast));
    }

    /// <summary>For each element, as it came out of the merge: whether it is of the source that reads faster.</summary>
    private static async Task<IReadOnlyCollection<bool>> OrderAsync(bool isReplayable)
    {
        var order = new ConcurrentQueue<bool>();
        var workflow = Workflow.Define("w", w =>
        {
            var seen = w.From(Numbers).Select(
                number =>
                {
                    order.Enqueue(number >= Count);
                    return number % Count;
                },
                name: "seen").Unpartitioned();
            seen.JoinWithin("same", seen, TimeSpan.Zero, (a, b) => a == b, (a, _) => a).To(Pairs);
        });
        var bindings = new WorkflowBindings(workflow).With(Pairs, () => new ListSink<int>())
            .With(Numbers, "slow", () => new SteppingSource("slow", first: 0, steps: 20, isReplayable))
            .With(Numbers, "fast", () => new SteppingSource("fast", first: Count, steps: 0, isReplayable));
        var plan = Plans.Of(workflow, [(SourceId.Of("numbers", "slow"), Here), (SourceId.Of("numbers", "fast"), Here)], _ => [new Instance { Worker = Here }]);

        await Engine.Engine.RunAsync(bindings, plan);

        return order;
    }

    /// <summary>Gives ever higher numbers, and others a few turns on the thread pool before each.</summary>
    private sealed class SteppingSource(string name, int first, int steps, bool isReplayable) : ISource<int>
    {
        public string Name => name;

        public bool IsReplayable => isReplayable;

        public double? NominalRate => null;

        public async IAsyncEnumerable<SourceItem<int>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (var i = (int)from; i < Count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (var step = 0; step < steps; step++)
                {
                    await Task.Yield();
                }

                yield return new SourceItem<int>(first + i, DateTimeOffset.UnixEpoch + (i * TimeSpan.FromSeconds(1.0 / PerSecond)));
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
