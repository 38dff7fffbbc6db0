using JellyBean.Workflows.Flows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;
using JellyBean.Workflows.Tests.Interpreter;

namespace JellyBean.Workflows.Tests;

public class WorkflowFingerprintTests
{
    private static string Of(
        string name = "w",
        string select = "select",
        Tier? pin = null,
        TimeSpan lateness = default,
        TimeSpan? idle = null,
        double within = 1,
        LatePolicy late = LatePolicy.Drop,
        int version = 1,
        string variant = "small",
        Overload? overload = null,
        Objectives? objectives = null,
        string? watch = null)
        => Workflow.Define(name, w =>
        {
            var input = new Input<Reading>("in") { AllowedLateness = lateness, IdleAfter = idle ?? TimeSpan.FromSeconds(2), Overload = overload ?? Overload.Block };
            var flow = w.From(input).Select(r => r, select);
            if (pin is { } tier)
            {
                flow.On(tier);
            }

            var model = Model.Define<int, string>("speller", [new Readings.FakeVariant(variant)]);
            var inferred = flow.Infer(model, r => r.Number, (r, answer) => r);
            if (watch is not null)
            {
                inferred.Watch(watch, r => r.Number, 0.5);
            }

            var keyed = inferred.KeyBy(r => r.Key)
                .Process("process", Readings.Seen with { Version = version }, (_, r) => new[] { r }).KeyBy(r => r.Key);
            keyed.JoinWithin("join", keyed, TimeSpan.FromSeconds(within), (_, _) => true, (a, b) => a.Key, late).To(Readings.Output, objectives);
        }).Fingerprint;

    [Fact]
    public void Fingerprint_is_the_same_for_the_same_definition() => Assert.Equal(Of(), Of());

    [Fact]
    public void Fingerprint_changes_with_whatever_two_nodes_must_agree_on()
    {
        string[] all =
        [
            Of(), Of(name: "v"), Of(select: "renamed"), Of(pin: Tier.Cloud), Of(lateness: TimeSpan.FromSeconds(1)), Of(within: 2),
            Of(late: LatePolicy.Admit), Of(version: 2), Of(variant: "large"),
        ];

        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [Fact]
    public void Fingerprint_does_not_change_with_what_each_node_may_set_for_itself() =>
        Assert.Equal(Of(), Of(idle: TimeSpan.FromSeconds(9), overload: Overload.LatestOnly, objectives: new Objectives { P99 = TimeSpan.FromSeconds(1) }));

    [Fact]
    public void Fingerprint_does_not_change_with_what_is_watched_for_no_element_does() => Assert.Equal(Of(), Of(watch: "mean-score"));

    [Fact]
    public void Fingerprint_changes_with_an_element_type()
    {
        static string Passing<T>()
            where T : notnull
            => Workflow.Define("w", w => w.From(new Input<T>("in")).To(new Output<T>("out"))).Fingerprint;

        string[] all = [Passing<int>(), Passing<long>(), Passing<int[]>(), Passing<Reading>(), Passing<Reading[]>(), Passing<IReadOnlyList<Reading>>()];

        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.Equal(Passing<Reading>(), Passing<Reading>());
    }
}
