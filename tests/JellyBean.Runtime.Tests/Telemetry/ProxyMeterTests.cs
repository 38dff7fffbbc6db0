using CsCheck;
using JellyBean.Runtime.Telemetry;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Runtime.Tests.Telemetry;

public sealed class ProxyMeterTests
{
    private static readonly Watch Watch = WatchOf(x => x < 0 ? throw new InvalidOperationException() : x);

    [Fact]
    public void Mean_and_spread_are_those_of_all_up_to_the_first_window() => Gen.Double[0, 10].Array[1, ProxyReport.Window].Sample(values =>
    {
        var meter = new ProxyMeter(Watch);
        foreach (var value in values)
        {
            meter.Answered("v", value);
        }

        var report = meter.Report()!;
        Assert.Equal(values.Average(), report.Mean, 9);
        Assert.Equal(Math.Sqrt(values.Average(v => Math.Pow(v - values.Average(), 2))), report.Spread, 6);
        Assert.Equal(values.Length == ProxyReport.Window, report.Beginning is not null);
    });

    [Fact]
    public void What_came_last_counts_and_the_beginning_stays()
    {
        var meter = new ProxyMeter(Watch);
        Answer(meter, "v", 0.8, ProxyReport.Window);

        Answer(meter, "v", 0.5, 10 * ProxyReport.Window);

        var report = meter.Report()!;
        Assert.Equal((0.5, 0.8, 11L * ProxyReport.Window), (Math.Round(report.Mean, 3), Math.Round(report.Beginning!.Value, 9), report.Count));
    }

    [Fact]
    public void Another_variant_begins_anew()
    {
        var meter = new ProxyMeter(Watch);
        Answer(meter, "v", 0.8, ProxyReport.Window);

        Answer(meter, "w", 0.2, 3);

        Assert.Equal(new ProxyReport("score", 3, 0, 0.2, 0, null, null, 0.1), meter.Report()! with { Mean = Math.Round(meter.Report()!.Mean, 9), Spread = Math.Round(meter.Report()!.Spread, 6) });
    }

    [Fact]
    public void Answers_without_a_number_are_counted_and_change_nothing_else()
    {
        var meter = new ProxyMeter(Watch);
        Answer(meter, "v", 0.8, 2);

        Answer(meter, "v", -1, 1);
        Answer(meter, "v", double.NaN, 1);

        Assert.Equal((2, 2, 0.8), (meter.Report()!.Count, meter.Report()!.Unknown, Math.Round(meter.Report()!.Mean, 9)));
    }

    [Fact]
    public async Task Run_that_watches_a_model_reports_it_and_gives_what_one_that_does_not_gives()
    {
        var here = new JellyBean.Planning.Infrastructure.WorkerId("here");
        var (numbers, answers) = (new Input<double>("numbers"), new Output<double>("answers"));
        var workflow = Workflow.Define("w", w => w.From(numbers).Infer(Halver(), (_, half) => half).Watch("half", half => half, mostDrift: 1, reference: 7).To(answers));
        var sink = new ListSink<double>();
        var bindings = new WorkflowBindings(workflow).With(answers, () => sink)
            .With(numbers, "s", () => new ListSource<double>("s", [.. Enumerable.Range(0, 20).Select(i => new SourceItem<double>(i, DateTimeOffset.UnixEpoch.AddSeconds(i)))]));
        var plan = Plans.Of(workflow, [(SourceId.Of("numbers", "s"), here)], _ => [new JellyBean.Planning.Plans.Instance { Worker = here }]);

        var report = (await Engine.Engine.RunAsync(bindings, plan)).Single().Stages.Single(s => s.Variant is not null).Proxy!;

        Assert.Equal(Enumerable.Range(0, 20).Select(i => i / 2.0), sink.Results.Select(r => r.Value));
        Assert.Equal(("half", 20, 4.75, 7, 1), (report.Name, report.Count, Math.Round(report.Mean, 9), report.Reference, report.MostDrift));
    }

    private static void Answer(ProxyMeter meter, string variant, double value, int times)
    {
        for (var i = 0; i < times; i++)
        {
            meter.Answered(variant, value);
        }
    }

    private static Model<double, double> Halver() => Model.Define<double, double>("halver", [new FakeVariant<double, double>("v", x => x / 2)]);

    private static Watch WatchOf(Func<double, double> value) =>
        ((InferOperator)Workflow.Define("w", w => w.From(new Input<double>("numbers")).Infer(Halver(), (_, half) => half).Watch("score", value, 0.1).To(new Output<double>("answers")))[new OperatorId("halver")]).Watch!;
}
