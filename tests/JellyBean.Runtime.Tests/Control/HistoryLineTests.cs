using JellyBean.Runtime.Control.Coordination;

namespace JellyBean.Runtime.Tests.Control;

public class HistoryLineTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 27, 14, 0, 5, TimeSpan.FromHours(2));

    [Fact]
    public void A_line_says_when_in_universal_time_and_what() =>
        Assert.Equal("2026-11-27 12:00:05Z Node 'edge-1' was lost.", HistoryLine.Of(Noon, "Node 'edge-1' was lost."));

    [Fact]
    public void What_is_told_elsewhere_goes_without_the_time() =>
        Assert.Equal("Node 'edge-1' was lost.", HistoryLine.What(HistoryLine.Of(Noon, "Node 'edge-1' was lost.")));
}
