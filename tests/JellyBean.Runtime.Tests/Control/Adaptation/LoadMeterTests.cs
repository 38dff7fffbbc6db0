using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Adaptation;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;

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

    [Theory]
    [InlineData(4, 1.5, 1.9)]
    [InlineData(0, 0, 0)]
    public void Source_that_waits_and_has_a_pace_is_followed_where_that_is_asked_for_and_it_is_others_that_make_it_wait(int waiting, double oldest, double backlog)
    {
        var reports = Enumerable.Range(0, 9).Select(i => (Report: Paced(i, waiting), At: TimeSpan.FromSeconds(0.25 * i))).ToList();
        var left = reports.Aggregate(Empty, (m, r) => m.Hear(r.Report, r.At));
        var followed = reports.Aggregate(Empty with { FollowsPaced = true }, (m, r) => m.Hear(r.Report, r.At));

        var seen = followed.Measure()!;
        Assert.Empty(left.Offered);

        // Of 10 a second that are planned for, 10 should come, and 12 do, for it catches up; it is 1.5 s behind.
        Assert.Equal((1.0, 1.2, false), (seen.Load, Math.Round(seen.Taken, 9), seen.CanShed));
        Assert.Equal((TimeSpan.FromSeconds(backlog), TimeSpan.FromSeconds(oldest)), (seen.Backlog, seen.Oldest));
        Assert.Equal((LadderPlans.Camera, 10.0), followed.Offered.Single());
    }

    [Fact]
    public void Nothing_is_known_before_half_a_window() =>
        Assert.Null(Empty.Hear(Report(0, canDrop: true), TimeSpan.Zero).Hear(Report(1, canDrop: true), TimeSpan.FromSeconds(0.25)).Measure());

    private static FragmentReport Paced(int quarter, int waiting)
    {
        var report = Report(quarter, canDrop: false);
        return report with
        {
            Sources = [report.Sources[0] with { Offered = 3 * quarter, Dropped = 0, Waiting = waiting, OldestMs = waiting == 0 ? 0 : 90, Pace = new SourcePace(10, TimeSpan.FromSeconds(1.5)) }],
        };
    }

    private static FragmentReport Report(int quarter, bool canDrop) => new(
        7,
        new WorkerId("edge-1"),
        [new SourceReport(LadderPlans.Camera, 5 * quarter, 2 * quarter, false, null, 0, 0) { CanDrop = canDrop, Waiting = 4, OldestMs = 90 }],
        [new StageReport(LadderPlans.Detector, "v0", 3 * quarter, 3 * quarter, 0, 0, 0, 3 * quarter, 0.15 * quarter, Distribution.Empty, Distribution.Empty, Distribution.Empty) { BlockedSeconds = 0.025 * quarter }],
        [],
        [],
        FailureReport.None);
}
