using JellyBean.Planning.Plans;
using JellyBean.Planning.Profiles;
using JellyBean.Planning.Tests.Cases;
using JellyBean.Workflows;

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
        Assert.DoesNotContain("allowed for", table, StringComparison.Ordinal);
    }

    [Fact]
    public void PlanTable_shows_what_the_plans_variants_leave_to_do_and_what_is_allowed_for_beside()
    {
        var plan = HandPlan.Plan;
        var (detector, tracker) = (plan[new OperatorId("detector")], plan[new OperatorId("tracker")]);
        var profile = Tracking.Problem.Profile;
        var measured = profile with { ServiceTimes = [.. profile.ServiceTimes.Select(t => t.Operator == tracker.Operator ? t with { ServiceMs = 50 } : t)] };
        var output = measured.Outputs.Single(o => o.Operator == tracker.Operator);
        var half = new Consequence
        {
            Of = new VariantChoice(detector.Operator, detector.Variant!),
            Operator = tracker.Operator,
            ServiceMs = 100,
            ResultsPerElement = output.ResultsPerElement / 2,
            MessageBytes = output.MessageBytes,
        };
        var worker = tracker.Instances[0].Worker;

        var more = PlanTable.Draw(plan, Tracking.Problem with { Profile = measured with { Consequences = [half] } });
        var less = PlanTable.Draw(plan, Tracking.Problem with { Profile = measured with { Consequences = [half with { ServiceMs = 1 }] } });

        Assert.Contains("output tracks: 7.5 results/s", more, StringComparison.Ordinal);
        Assert.DoesNotContain("allowed for", more, StringComparison.Ordinal);
        Assert.Contains($"allowed for, as other variants leave more to do: {worker} ", less, StringComparison.Ordinal);
    }
}
