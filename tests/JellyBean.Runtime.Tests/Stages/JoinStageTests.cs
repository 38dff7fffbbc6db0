using System.Globalization;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Testing;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Runtime.Tests.Stages;

public sealed class JoinStageTests
{
    private static readonly WorkerId Here = new("here");

    /// <summary>An element's left and right side have different keys, so different instances: its results must not take the same places.</summary>
    [Fact]
    public async Task Self_join_with_a_key_for_each_side_on_several_instances_a_join_behind_it_gets_all_results()
    {
        var input = new Input<int>("numbers");
        var output = new Output<string>("pairs");
        var workflow = Workflow.Define("w", w =>
        {
            var numbers = w.From(input);
            var pairs = numbers.KeyBy(x => (x % 2).ToString(CultureInfo.InvariantCulture))
                .JoinWithin("across", numbers.KeyBy(x => ((x + 1) % 2).ToString(CultureInfo.InvariantCulture)), TimeSpan.FromSeconds(3), (_, _) => true, (a, b) => $"{a}|{b}")
                .Unpartitioned();
            pairs.JoinWithin("same", pairs, TimeSpan.Zero, (a, b) => a == b, (a, _) => a).To(output);
        });
        var items = Enumerable.Range(0, 40).Select(i => new SourceItem<int>(i, DateTimeOffset.UnixEpoch.AddSeconds(i))).ToList();
        var oracle = items.Aggregate(new WorkflowTest(workflow), (test, item) => test.Feed(input, item.EventTime - DateTimeOffset.UnixEpoch, item.Value, "s"));
        var sink = new ListSink<string>();
        var bindings = new WorkflowBindings(workflow).With(output, () => sink).With(input, "s", () => new ListSource<int>("s", items));
        var plan = Plans.Of(workflow, [(SourceId.Of("numbers", "s"), Here)], op => [new Instance { Worker = Here, Parallelism = op.Id.Value == "across" ? 2 : 1 }]);

        var report = (await Engine.Engine.RunAsync(bindings, plan)).Single();

        Assert.Equal(oracle.Run().ResultsWithIds(output), sink.Results);
        Assert.Equal(39, report.Outputs.Single().Settled.Single().Number);
    }
}
