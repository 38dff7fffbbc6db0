using JellyBean.Hosting.Reports;
using JellyBean.Runtime;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Tests.Reports;

public sealed class SnapshotWatchTests
{
    private static readonly DateTimeOffset TakenAt = new(new DateTime(2026, 3, 1, 12, 30, 15, DateTimeKind.Local));

    [Fact]
    public void Run_that_begins_from_a_snapshot_says_once_what_had_been_read_by_then()
    {
        var watch = new SnapshotWatch("frames", TakenAt);

        Assert.Equal("Goes on from the snapshot of 12:30:15: 300 frames had been read by then, and count.", watch.Look(7, [Source(310, earlier: 300)]));
        Assert.Null(watch.Look(7, [Source(330, earlier: 300)]));
    }

    [Fact]
    public void Run_that_begins_anew_has_nothing_to_say()
    {
        Assert.Null(new SnapshotWatch("frames", begins: null).Look(1, [Source(10, earlier: 0)]));
    }

    [Fact]
    public void What_a_live_source_gave_is_not_said_to_come_again()
    {
        var watch = new SnapshotWatch("frames", begins: null);

        watch.Look(1, [Source(500, earlier: 0, isLive: true)]);

        Assert.Null(watch.Look(2, [Source(10, earlier: 0, isLive: true)]));
    }

    private static SourceProgress Source(long offered, long earlier, bool isLive = false)
    {
        var source = SourceId.Of("cameras", "gate");
        return new SourceProgress(source, offered, offered, 0, 0, false, null, 0) { Detail = new SourceReport(source, offered, 0, false, null, 0, 0) { Earlier = earlier, IsLive = isLive } };
    }
}
