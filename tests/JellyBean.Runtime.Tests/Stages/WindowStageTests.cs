using System.Globalization;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Workflows;
using JellyBean.Workflows.Flows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Runtime.Tests.Stages;

public sealed class WindowStageTests
{
    private static readonly WorkerId Here = new("here");

    [Fact]
    public async Task Source_that_was_idle_comes_back_into_a_closed_span_its_elements_are_late_and_the_span_is_not_given_twice()
    {
        var input = new Input<int>("live") { IdleAfter = TimeSpan.FromMilliseconds(100) };
        var spans = new Output<string>("spans");
        var workflow = Workflow.Define("w", w => w.From(input).Unpartitioned()
            .Window("tens", Window.Tumbling(TimeSpan.FromSeconds(10)), (_, span, _) => span.Start.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))
            .To(spans));
        var sink = new ListSink<string>();
        using var comeBack = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        var bindings = new WorkflowBindings(workflow).With(spans, () => sink)
            .With(input, "idle", () => new GatedSource("idle", [At(3), At(7)], comeBack, gateAt: 1))
            .With(input, "busy", () => new GatedSource("busy", [At(2), At(5), At(31), At(32)], goOn, gateAt: 3, isReplayable: true));
        var plan = Plans.Of(workflow, [(SourceId.Of("live", "idle"), Here), (SourceId.Of("live", "busy"), Here)], _ => [new Instance { Worker = Here }]);

        var report = (await Engine.Engine.RunAsync(bindings, plan, async fragments =>
        {
            await EngineTests.Eventually(() => sink.Results.Count == 1);
            comeBack.Release();
            await EngineTests.Eventually(() => fragments[0].Report().Sources.Single(s => s.Source == SourceId.Of("live", "idle")).Ended);
            goOn.Release();
        })).Single();

        Assert.Equal(["0", "30"], sink.Results.Select(r => r.Value));
        Assert.Equal(1, report.Stages.Single(s => s.Operator.Value == "tens").Late);
    }

    private static SourceItem<int> At(int seconds) => new(seconds, DateTimeOffset.UnixEpoch.AddSeconds(seconds));
}
