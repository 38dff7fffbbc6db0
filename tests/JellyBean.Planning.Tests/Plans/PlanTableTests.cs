using JellyBean.Planning.Plans;
using JellyBean.Planning.Tests.Cases;

namespace JellyBean.Planning.Tests.Plans;

public sealed class PlanTableTests
{
    [Fact]
    public void PlanTable_shows_machines_operators_links_and_cost()
    {
        var table = PlanTable.Draw(HandPlan.Plan, Tracking.Problem);

        Assert.Contains("(box, emulated × 0.5)", table, StringComparison.Ordinal);
        Assert.Matches("tier +worker +operator +variant +batch +side by side +elements/s +cores +busy +\\$/h", table);
        Assert.Matches("0\\.15 of 2 +8 % +0\\.0200", table);
        Assert.Contains("link edge -> cloud: 2.05 MB/s (16.4% of its bandwidth), 0.6186 $/h", table, StringComparison.Ordinal);
        Assert.Contains("output tracks: 15 results/s", table, StringComparison.Ordinal);
        Assert.Contains("cost: 0.2200 machines + 0.6186 network = 0.8386 $/h", table, StringComparison.Ordinal);
    }
}
