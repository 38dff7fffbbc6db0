using System.Diagnostics;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Elements;

namespace JellyBean.Runtime.Tests.Telemetry;

public sealed class OutputMeterTests
{
    private static readonly SourceId Camera = SourceId.Of("cameras", "gate");
    private static readonly SourceId File = SourceId.Of("cameras", "clip");

    [Fact]
    public void Results_of_a_live_source_are_as_late_as_they_are_since_they_were_taken_others_since_they_were_let_in()
    {
        var meter = new OutputMeter(new OperatorId("out"));
        meter.Expect([Camera, File]);

        meter.Add(Of(Lineage.Of(Camera, 1), ageMs: 900), Ticks(100));
        meter.Add(Of(Lineage.Of(File, 1), ageMs: 0), Ticks(100));
        meter.Add(Of(Lineage.Joined(Lineage.Of(Camera, 2), 0, [Lineage.Of(Camera, 1), Lineage.Of(Camera, 2)], 0), ageMs: 5000), Ticks(100));

        var report = meter.Report();
        Assert.Equal((3L, 3L), (report.Results, report.LatencyMs.Count));
        Assert.InRange(report.LatencyMs.Max, 99, 101);
        Assert.Equal(1, report.Settled.Single(s => s.Source == Camera).TakenMs.Count);
        Assert.InRange(report.Settled.Single(s => s.Source == Camera).TakenMs.Max, 990, 1010);
        Assert.Equal(Distribution.Empty, report.Settled.Single(s => s.Source == File).TakenMs);
    }

    [Fact]
    public void Source_that_is_gone_is_forgotten()
    {
        var meter = new OutputMeter(new OperatorId("out"));
        meter.Expect([Camera, File]);
        meter.Add(Of(Lineage.Of(Camera, 1), ageMs: 900), Ticks(100));

        // Under the plan that it leaves with it is told of once more.
        meter.Expect([File]);
        meter.Expect([File]);
        meter.Expect([Camera, File]);

        Assert.Equal(Distribution.Empty, meter.Report().Settled.Single(s => s.Source == Camera).TakenMs);
    }

    private static Written Of(Lineage lineage, double ageMs) => new(new Element(lineage, 0, "value", admittedAt: 0, epoch: 1) { Age = Ticks(ageMs) });

    private static long Ticks(double ms) => (long)(ms * Stopwatch.Frequency / 1000);
}
