using JellyBean.Workflows.Flows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Outputs;
using JellyBean.Workflows.Tests.Interpreter;

namespace JellyBean.Workflows.Tests.Flows;

public class GraphTests
{
    private static string[] Lines(Workflow workflow) =>
        [.. workflow.Operators.Select(o => $"{o.Id} {o.Kind} {o.ElementType.Name} <- {string.Join(' ', o.Inputs)}{(o.Pin is { } pin ? $" on {pin}" : "")}")];

    [Fact]
    public void Define_draws_every_operator_with_name_kind_type_inputs_and_pin()
    {
        var workflow = Workflow.Define("all", w =>
        {
            var (small, large) = w.From(Readings.Input).Select(r => r).Where(r => true).Branch("small", r => r.Number < 5);
            var keyed = small.Merge("both", large).On(Tier.Edge).KeyBy(r => r.Key);
            var texts = keyed.Process("process", Readings.Seen, (_, r) => new[] { r.Number }).Infer(Readings.Speller, (n, text) => text).On(Tier.Cloud);
            var many = texts.InferMany(Readings.Speller, t => t.Select(c => (int)c), t => t.Length, (n, answers) => $"{n}", name: "letters");
            many.Unpartitioned().JoinWithin("join", texts.KeyBy(t => t), TimeSpan.FromSeconds(1), (a, b) => true, (a, b) => a)
                .SelectMany(t => t)
                .Unpartitioned().Window("window", Window.Sliding(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1)), (_, _, all) => $"{all.Count}", LatePolicy.Admit)
                .To(Readings.Output, new Objectives { Accuracy = new AccuracyFloor("idf1", 0.7), P99 = TimeSpan.FromSeconds(1) });
        });

        Assert.Equal(
            [
                "in Input Reading <-  on edge",
                "in/select Select Reading <- in",
                "in/select/where Where Reading <- in/select",
                "small Where Reading <- in/select/where",
                "small-else Where Reading <- in/select/where",
                "both Merge Reading <- small small-else on edge",
                "process Process Int32 <- both",
                "speller Infer String <- process on cloud",
                "letters/parts Expand Int32 <- speller",
                "letters Infer String <- letters/parts",
                "letters/regroup Regroup String <- letters",
                "join Join String <- letters/regroup speller",
                "join/select-many SelectMany Char <- join",
                "window Window String <- join/select-many",
                "out Output String <- window",
            ],
            Lines(workflow));
        var join = Assert.IsType<JoinOperator>(workflow[new OperatorId("join")], exactMatch: false);
        Assert.Equal((TimeSpan.FromSeconds(1), LatePolicy.Drop, false), (join.Within, join.Late, join.IsPartitionable));
        Assert.True(Assert.IsType<ProcessOperator>(workflow[new OperatorId("process")], exactMatch: false).IsPartitionable);
        Assert.Equal(0.7, Assert.IsType<OutputOperator>(workflow[new OperatorId("out")], exactMatch: false).Objectives.Accuracy!.Least);
        Assert.Equal(typeof(int), Assert.IsType<ExpandOperator>(workflow[new OperatorId("letters/parts")], exactMatch: false).KeptType);
    }

    [Fact]
    public void ConsumersOf_names_a_self_join_twice()
    {
        var workflow = Workflow.Define("self", w =>
        {
            var keyed = w.From(Readings.Input).KeyBy(r => r.Key);
            keyed.JoinWithin("self", keyed, TimeSpan.Zero, (_, _) => true, (a, _) => a.Key).To(Readings.Output);
        });

        Assert.Equal(["self", "self"], workflow.ConsumersOf(new OperatorId("in")).Select(o => o.Id.Value));
        Assert.Empty(workflow.ConsumersOf(new OperatorId("out")));
    }

    [Fact]
    public void An_operator_that_is_not_there_is_answered_with_those_that_are()
    {
        var workflow = Workflow.Define("small", w => w.From(Readings.Input).Select(r => r.Key).To(Readings.Output));

        var error = Assert.Throws<KeyNotFoundException>(() => workflow[new OperatorId("tracker")]);

        Assert.Equal("Workflow 'small' has no operator 'tracker'; it has in, in/select, out.", error.Message);
    }
}
