using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Runtime.Tests.Links;

public sealed class LinkStageTests
{
    [Fact]
    public async Task Receiver_that_fails_the_sender_fails_with_the_same_cause()
    {
        var numbers = new Input<int>("numbers");
        var answers = new Output<int>("answers");
        var (near, far) = (new WorkerId("a"), new WorkerId("b"));
        var workflow = Workflow.Define("w", w => w.From(numbers).Select(x => x).To(answers));
        var bindings = new WorkflowBindings(workflow).With(answers, () => new MoodySink(refusals: int.MaxValue)).With(numbers, "s", () => new EndlessSource());
        var plan = Plans.Of(workflow, [(SourceId.Of("numbers", "s"), near)], op => [new Instance { Worker = op.Kind == OperatorKind.Output ? far : near }]);
        Fragment? sender = null;

        await Assert.ThrowsAsync<SinkException>(() => Engine.Engine.RunAsync(bindings, plan, async fragments =>
        {
            sender = fragments.Single(f => f.Worker == near);
            await sender.Completion.WaitAsync(TimeSpan.FromSeconds(30));
        }));

        Assert.IsType<SinkException>(sender!.Completion.Exception!.InnerException);
    }
}
