using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Runtime.Tests.Stages;

public sealed class OrderedMergeStageTests
{
    private static readonly Input<int> Numbers = new("numbers");
    private static readonly Output<int> All = new("all");
    private static readonly WorkerId Here = new("here");

    /// <summary>
    /// One route of the merge waits for a join, the join for event time of the slow source, and that comes by the branch that feeds both
    /// routes: a merge that stops taking from the other route would wait for itself. The sources are live: replayable ones wait for each other.
    /// </summary>
    [Fact]
    public async Task Merge_of_a_flow_with_its_own_join_one_source_far_ahead_in_event_time_all_comes()
    {
        const int Count = 2000;
        var workflow = Workflow.Define("w", w =>
        {
            var all = w.From(Numbers);
            var pairs = all.Unpartitioned().JoinWithin("same", all.Unpartitioned(), TimeSpan.Zero, (a, b) => a == b, (a, _) => a);
            all.Merge("both", pairs).To(All);
        });
        var sink = new ListSink<int>();
        var bindings = new WorkflowBindings(workflow).With(All, () => sink)
            .With(Numbers, "slow", () => new ListSource<int>("slow", Items(Count, TimeSpan.FromMilliseconds(1)), isReplayable: false))
            .With(Numbers, "fast", () => new ListSource<int>("fast", Items(Count, TimeSpan.FromHours(1)), isReplayable: false));
        var plan = Plans.Of(workflow, [(SourceId.Of("numbers", "slow"), Here), (SourceId.Of("numbers", "fast"), Here)], _ => [new Instance { Worker = Here }]);

        await Engine.Engine.RunAsync(bindings, plan);

        // Each by itself and paired with itself; the sources' first elements also pair with each other.
        Assert.Equal((4 * Count) + 2, sink.Results.Count);
    }

    private static ImmutableArray<SourceItem<int>> Items(int count, TimeSpan apart) =>
        [.. Enumerable.Range(0, count).Select(i => new SourceItem<int>(i, DateTimeOffset.UnixEpoch + (i * apart)))];
}
