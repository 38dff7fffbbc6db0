using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Adaptation;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Tests.Control.Adaptation;

public sealed class LoadMeterTests
{
    private static readonly LoadMeter Empty = new(
        LadderPlans.Of(1, 2), ImmutableSortedDictionary<WorkerId, double>.Empty.Add(new WorkerId("edge-1"), 2), TimeSpan.FromSeconds(1));

    [Fact]
    public void Rates_come_from_the_reports_of_a_window()
    {
        var meter = Enumerable.Range(0, 21).Aggregate(Empty, (m, i) => m.Hear(Report(i, canDrop: true), TimeSpan.FromSeconds(0.25 * i)));

        var seen = meter.Measure()!;

        // Of 20 a second that are offered, 10 are planned for and 12 let in; each takes 50 ms on one of two cores.
        Assert.Equal((2.0, 1.2), (Math.Round(seen.Load, 9), Math.Round(seen.Taken, 9)));
        Assert.Equal((0.6, "detector", 0.1), (Math.Round(seen.Busy, 9), seen.Bottleneck, Math.Round(seen.Blocked, 9)));
        Assert.Equal((TimeSpan.FromSeconds(0.4), TimeSpan.FromMilliseconds(90)), (seen.Backlog, seen.Oldest));
        Assert.Equal((LadderPlans.Camera, 20.0), meter.Offered.Select(o => (o.Source, Math.Round(o.PerSecond, 9))).Single());
    }

    [Fact]
    public void Sources_that_wait_are_no_load()
    {
        var meter = Enumerable.Range(0, 9).Aggregate(Empty, (m, i) => m.Hear(Report(i, canDrop: false), TimeSpan.FromSeconds(0.25 * i)));

        Assert.Empty(meter.Offered);
        Assert.Equal((0, 0), (meter.Measure()!.Load, meter.Measure()!.Taken));
    }

    [Fact]
    public void Nothing_is_known_before_half_a_window() =>
        Assert.Null(Empty.Hear(Report(0, canDrop: true), TimeSpan.Zero).Hear(Report(1, canDrop: true), TimeSpan.FromSeconds(0.25)).Measure());

    private static FragmentReport Report(int quarter, bool canDrop) => new(
        7,
        new WorkerId("edge-1"),
        [new SourceReport(LadderPlans.Camera, 5 * quarter, 2 * quarter, false, null, 0, 0) { CanDrop = canDrop, Waiting = 4, OldestMs = 90 }],
        [new StageReport(LadderPlans.Detector, "v0", 3 * quarter, 3 * quarter, 0, 0, 0, 3 * quarter, 0.15 * quarter, Distribution.Empty, Distribution.Empty, Distribution.Empty) { BlockedSeconds = 0.025 * quarter }],
        [],
        [],
        FailureReport.None);
}
