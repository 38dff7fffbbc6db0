using JellyBean.Workflows.Flows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;
using JellyBean.Workflows.Tests.Interpreter;

namespace JellyBean.Workflows.Tests.Flows;

public class MistakesTests
{
    private static IReadOnlyList<string> MistakesOf(Action<WorkflowBuilder> define) =>
        Assert.Throws<WorkflowException>(() => Workflow.Define("bad", define)).Mistakes;

    [Fact]
    public void All_mistakes_are_reported_together()
    {
        var error = Assert.Throws<WorkflowException>(() => Workflow.Define("bad", w =>
        {
            var flow = w.From(new Input<Reading>("in") { AllowedLateness = TimeSpan.FromSeconds(-1), IdleAfter = TimeSpan.Zero });
            var keyed = flow.On(Tier.Cloud).KeyBy(r => r.Key);
            keyed.JoinWithin("join", keyed, TimeSpan.FromSeconds(-1), (_, _) => true, (a, _) => a);
            keyed.Window("window", Window.Sliding(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)), (_, _, all) => all.Count);
            flow.Merge("alone");
            flow.Select(r => r.Key, "two words").On(new Tier(" "));
            flow.Select(r => r.Key, "join").To(new Output<string>("text"), new Objectives { Accuracy = new AccuracyFloor("", 0.5), P99 = TimeSpan.Zero });
        }));

        Assert.Equal(
            [
                "Input 'in' allows a lateness of -00:00:01. Use zero or more.",
                "Input 'in' counts as idle after 00:00:00. Use more than zero.",
                "Operator 'in' is pinned to tier 'edge' and to tier 'cloud'. Pin it once.",
                "Join 'join' pairs elements within -00:00:01. Use zero or more.",
                "Window 'window' has spans of 00:00:01 every 00:00:02. Use a size above zero and a slide above zero and at most the size.",
                "Merge 'alone' has only one flow. Give it at least two.",
                "'two words' is no name for an operator (Select). Use words joined by '-', without spaces.",
                "Operator 'two words' is pinned to a tier without a name. Use a tier such as Tier.Edge.",
                "'join' names two operators (Join and Select). Give one of them another name: profiles and plans refer to operators by name.",
                "Output 'text' asks for accuracy '' of at least 0.5. Name a metric, such as ap50, and a number, 0 or more, in the metric's unit.",
                "Output 'text' asks for a p99 latency of 00:00:00. Use more than zero.",
                "The flow of 'window' goes nowhere. End it with To(output), or leave it out.",
                "The flow of 'alone' goes nowhere. End it with To(output), or leave it out.",
                "The flow of 'two words' goes nowhere. End it with To(output), or leave it out.",
            ],
            error.Mistakes);
        Assert.StartsWith("Workflow 'bad' has 14 mistakes:", error.Message, StringComparison.Ordinal);
        Assert.All(error.Mistakes, mistake => Assert.Contains($"- {mistake}", error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_workflow_without_output_is_a_mistake() =>
        Assert.Equal(["It has no output. End at least one flow with To(output)."], MistakesOf(_ => { }));

    [Fact]
    public void An_input_whose_name_would_make_its_sources_ambiguous_is_a_mistake() =>
        Assert.Equal(
            ["Input 'site/cameras' has a '/' in its name. Leave it out: a source is named by its input, '/' and its own name."],
            MistakesOf(w => w.From(new Input<int>("site/cameras")).To(new Output<int>("numbers"))));

    [Fact]
    public void A_flow_of_another_workflow_is_a_mistake()
    {
        Flow<Reading>? stranger = null;
        Workflow.Define("other", w => (stranger = w.From(Readings.Tolerant)).Select(r => r.Key).To(Readings.Output));

        var mistakes = MistakesOf(w =>
        {
            var flow = w.From(Readings.Input);
            flow.Merge("merge", stranger!).Select(r => r.Key).To(Readings.Output);
            flow.KeyBy(r => r.Key).JoinWithin("join", stranger!.KeyBy(r => r.Key), TimeSpan.Zero, (_, _) => true, (a, _) => a.Key).To(new Output<string>("pairs"));
        });

        Assert.Equal(
            [
                "'merge' takes the flow of 'tolerant' from another workflow. Use flows of this workflow only.",
                "'join' takes the flow of 'tolerant' from another workflow. Use flows of this workflow only.",
            ],
            mistakes);
    }

    [Fact]
    public void A_missing_function_is_refused_where_it_is_missing() =>
        Assert.Throws<ArgumentNullException>(() => Workflow.Define("bad", w => w.From(Readings.Input).Select<string>(null!).To(Readings.Output)));

    [Fact]
    public void Names_of_inputs_outputs_and_tiers_are_checked_with_the_rest() => Assert.Equal(
        [
            "Input ' ' is attached to tier 'Moon Base', which is no name for a tier. Use words joined by '-', without spaces, such as Tier.EdgeDataCentre.",
            "' ' is no name for an operator (Input). Use words joined by '-', without spaces.",
            "Operator ' ' is pinned to tier 'moon base', which is no name for a tier. Use words joined by '-', without spaces, such as Tier.EdgeDataCentre.",
            "Output '' asks for accuracy 'm' of at least -2. Name a metric, such as ap50, and a number, 0 or more, in the metric's unit.",
            "'' is no name for an operator (Output). Use words joined by '-', without spaces.",
        ],
        MistakesOf(w => w.From(new Input<Reading>(" ") { Tier = new Tier("Moon Base") }).On(new Tier("moon base"))
            .To(new Output<Reading>(""), new Objectives { Accuracy = new AccuracyFloor("m", -2) })));

    [Fact]
    public void Models_are_checked_with_the_rest() => Assert.Equal(
        [
            "Model 'none' has no variant. Give it at least one.",
            "Model 'twice' names variant 'a' 2 times. Profiles refer to variants by name: give each its own.",
            "'' is no name for an operator (Output). Use words joined by '-', without spaces.",
        ],
        MistakesOf(w => w.From(Readings.Input)
            .Infer(Model.Define<Reading, string>("none", []), (reading, _) => reading)
            .Infer(Model.Define("twice", [new TextVariant("a"), new TextVariant("a")]), (_, text) => text)
            .To(new Output<string>(""))));

    [Fact]
    public void What_is_watched_is_checked_with_the_rest() => Assert.Equal(
        [
            "Operator 'speller' watches 'a', which may drift by 0 from its beginning. Give it a name, a drift above 0 and a finite reference.",
            "Operator 'speller' watches ' ', which may drift by 1 from 2. Give it a name, a drift above 0 and a finite reference.",
            "Operator 'speller' watches 'score' and 'other'. Watch one number.",
            "'late' watches operator 'speller/where', which is a Where; only what comes straight from a model can be watched. Call Watch right behind Infer.",
        ],
        MistakesOf(w => w.From(Readings.Input)
            .Infer(Model.Define<int, string>("speller", [new Readings.FakeVariant("small")]), r => r.Number, (r, _) => r)
            .Watch("a", r => r.Number, 0)
            .Watch(" ", r => r.Number, 1, reference: 2)
            .Watch("score", r => r.Number, 0.1)
            .Watch("other", r => r.Number, 0.1)
            .Where(_ => true)
            .Watch("late", r => r.Number, 0.1)
            .To(new Output<Reading>("readings"))));

    [Fact]
    public void The_same_mistake_is_told_once()
    {
        var spaced = new Input<Reading>("in put");

        var mistakes = MistakesOf(w =>
        {
            w.From(spaced).Select(r => r.Key, "a").To(Readings.Output);
            w.From(spaced).Select(r => r.Key, "b").To(Readings.Output);
            w.From(spaced).Select(r => r.Key, "c").To(Readings.Output);
        });

        Assert.Equal(mistakes.Distinct(), mistakes);
        Assert.Single(mistakes, m => m.StartsWith("'in put' is no name", StringComparison.Ordinal));
    }

    private sealed class TextVariant(string name) : Variant<Reading, string>(name)
    {
        public override Task<LoadedVariant<Reading, string>> LoadAsync(Device device, CancellationToken cancellationToken) =>
            throw new ModelLoadException("Never loaded.");
    }
}
