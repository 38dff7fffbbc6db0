using JellyBean.Hosting.Reports;
using JellyBean.Runtime;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Tests.Reports;

public class GapReportTests
{
    [Theory]
    [InlineData(7, 7, true, "warning: output 'tracks' may lack results of cameras/gate#7, on the way when a plan ended before its time")]
    [InlineData(7, 9, false, "warning: output 'tracks' may lack results of cameras/gate#7 to #9, 3 frames, on the way when a plan ended before its time, as far as anyone has heard")]
    public void A_gap_says_which_elements_of_which_source(long first, long last, bool isExact, string expected) =>
        Assert.Equal([expected], GapReport.Lines([new OutputGap(new OperatorId("tracks"), SourceId.Of("cameras", "gate"), new NumberRange(first, last), isExact)], "frames"));
}
