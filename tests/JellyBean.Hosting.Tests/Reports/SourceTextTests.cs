using JellyBean.Hosting.Reports;
using JellyBean.Runtime;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Hosting.Tests.Reports;

public sealed class SourceTextTests
{
    // What earlier plans had counted, which crashes have ended, is in the sums, not in the detail.
    private static readonly SourceReport Gate = new(SourceId.Of("cameras", "gate"), 100, 9, false, null, 0, 0)
    {
        IsLive = true,
        Sampled = 4,
        Shed = 2,
        Health = new SourceHealth { Decoded = 120, LeftOut = 20 },
    };

    private static readonly SourceProgress AfterCrash = new(Gate.Source, 150, 134, 16, 0, false, null, 0) { Detail = Gate };

    [Fact]
    public void Drops_by_reason_add_up_to_all_that_was_dropped()
    {
        Assert.Equal("3 overtaken by newer ones, 4 sampled out, 2 shed, 7 under earlier plans", SourceText.Drops(AfterCrash));
        Assert.Equal(AfterCrash.Dropped, SourceJson.Of(AfterCrash)["drops"]!.AsObject().Sum(reason => reason.Value!.GetValue<long>()));
    }

    [Fact]
    public void Decoded_that_is_less_than_was_offered_is_said_to_count_from_when_the_source_was_opened()
    {
        Assert.StartsWith("since it was opened here, 120 frames decoded, 20 left out", SourceText.History(AfterCrash, "frames"), StringComparison.Ordinal);
        Assert.StartsWith("120 frames decoded", SourceText.History(AfterCrash with { Offered = 100 }, "frames"), StringComparison.Ordinal);
    }
}
