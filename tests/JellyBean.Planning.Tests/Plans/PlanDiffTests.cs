using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Tests.Cases;

namespace JellyBean.Planning.Tests.Plans;

public sealed class PlanDiffTests
{
    [Fact]
    public void PlanDiff_epoch_and_cost_are_no_change()
    {
        var after = HandPlan.Plan with { Epoch = 7, Cost = HandPlan.Plan.Cost with { NetworkPerHour = 9 } };

        Assert.True(PlanDiff.Between(HandPlan.Plan, after).IsEmpty);
    }

    [Fact]
    public void PlanDiff_names_moves_swaps_batches_and_sizes_once_each()
    {
        var after = HandPlan.WithPlacement("detector", p => p with { Variant = "large", BatchSize = 1, Instances = [p.Instances[0] with { Share = 0.4 }, p.Instances[1] with { Share = 0.6 }] });
        after = after with { Placements = [.. after.Placements.Select(p => p.Operator.Value == "tracker" ? p with { Instances = [new Instance { Worker = new WorkerId("edge") }] } : p)] };

        var diff = PlanDiff.Between(HandPlan.Plan, after);

        Assert.Equal(["tracker"], diff.Moves.Select(m => m.Operator.Value));
        Assert.Equal("edge", Assert.Single(diff.Moves[0].Joins).Value);
        Assert.Equal("cloud-1", Assert.Single(diff.Moves[0].Leaves).Value);
        Assert.Equal(new VariantSwap(new("detector"), "small", "large"), Assert.Single(diff.Swaps));
        Assert.Equal(new BatchChange(new("detector"), 4, 1), Assert.Single(diff.Batches));
        Assert.Equal(["detector"], diff.Resized.Select(r => r.Value));
    }
}
