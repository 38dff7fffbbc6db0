using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Replanning;
using JellyBean.Runtime.Control.Adaptation;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Runtime.Tests.Stages;

public sealed class DemandTests
{
    [Fact]
    public async Task Operator_behind_a_link_stands_still_those_before_it_wait_and_it_is_found()
    {
        var (numbers, answers) = (new Input<int>("numbers"), new Output<int>("answers"));
        var (near, far) = (new WorkerId("near"), new WorkerId("far"));
        using var goOn = new ManualResetEventSlim();
        var workflow = Workflow.Define("w", w => w.From(numbers).Select(x => x, "quick").Select(x => Held(x, goOn), "slow").Select(x => x, "last").To(answers));
        var bindings = new WorkflowBindings(workflow)
            .With(numbers, "s", () => new ListSource<int>("s", [.. Enumerable.Range(0, 500).Select(i => new SourceItem<int>(i, DateTimeOffset.UnixEpoch.AddSeconds(i)))]))
            .With(answers, () => new ListSink<int>());
        var plan = Plans.Of(workflow, [(SourceId.Of("numbers", "s"), near)], op => [new Instance { Worker = op.Id.Value == "quick" ? near : far }]);
        Bottleneck? found = null;
        ImmutableArray<HeldBack> waiting = [];

        await Engine.Engine.RunAsync(bindings, plan, async fragments =>
        {
            var time = TimeProvider.System;
            var (began, meter) = (time.GetTimestamp(), new LoadMeter(plan, ImmutableSortedDictionary<WorkerId, double>.Empty, TimeSpan.FromSeconds(0.1)));
            await EngineTests.Eventually(() =>
            {
                meter = fragments.Aggregate(meter, (m, f) => m.Hear(f.Report(), time.GetElapsedTime(began)));
                var (stages, hops) = (RunTally.StagesOf(meter), RunTally.HopsOf(meter));
                (found, waiting) = (Bottleneck.Of(plan, stages, hops), Bottleneck.Waiting(stages, hops, Bottleneck.Least, 12));
                return found is not null && waiting.Length == 3;
            });
            goOn.Set();
        });

        Assert.Equal("slow on far", found!.Place);
        Assert.Equal(["numbers on near", "quick on near", "the line from near to far (quick to slow)"], waiting.Select(w => w.Place).Order(StringComparer.Ordinal));
    }

    private static int Held(int value, ManualResetEventSlim goOn)
    {
        goOn.Wait();
        return value;
    }
}
