using System.Globalization;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Workflows;
using JellyBean.Workflows.Flows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Runtime.Tests.Stages;

public sealed class RouteStageTests
{
    private static readonly Input<int> Numbers = new("numbers");
    private static readonly Output<int> Answers = new("answers");
    private static readonly WorkerId Here = new("here");

    private static readonly KeyedState<object> Nothing = new(() => new object(), _ => new byte[1], _ => new object(), 1);

    [Fact]
    public async Task Key_that_throws_with_several_instances_only_that_element_fails()
    {
        var workflow = Workflow.Define("w", w => w.From(Numbers)
            .KeyBy(x => x % 7 == 3 ? throw new InvalidOperationException("no key") : x.ToString(CultureInfo.InvariantCulture))
            .Process("pass", Nothing, (_, x) => new[] { x })
            .To(Answers));
        var sink = new ListSink<int>();
        var items = Enumerable.Range(0, 50).Select(i => new SourceItem<int>(i, DateTimeOffset.UnixEpoch.AddSeconds(i))).ToList();
        var bindings = new WorkflowBindings(workflow).With(Answers, () => sink).With(Numbers, "s", () => new ListSource<int>("s", items));
        var plan = Plans.Of(workflow, [(SourceId.Of("numbers", "s"), Here)], op => [new Instance { Worker = Here, Parallelism = op.Id.Value == "pass" ? 3 : 1 }]);

        var report = (await Engine.Engine.RunAsync(bindings, plan)).Single();

        Assert.Equal(Enumerable.Range(0, 50).Where(x => x % 7 != 3), sink.Results.Select(r => r.Value));
        Assert.Equal(Enumerable.Range(0, 50).Where(x => x % 7 == 3).Select(x => (long)x), report.Failures.Sources.Single().Latest.SelectMany(r => Enumerable.Range((int)r.First, (int)r.Count)).Select(n => (long)n));
        Assert.Equal(7, report.Stages.Single(s => s.Operator.Value == "pass").Failed);
    }
}
