using JellyBean.Planning.Costs;
using JellyBean.Planning.Profiles;
using JellyBean.Planning.Tests.Cases;
using JellyBean.Workflows;

namespace JellyBean.Planning.Tests.Costs;

public sealed class CostsTests
{
    [Fact]
    public void WorkflowRates_parts_multiply_and_regroup_gives_groups()
    {
        var rates = WorkflowRates.Of(Tracking.Problem);

        Assert.Equal(10, rates.Taken(new("detector")));
        Assert.Equal(30, rates.Taken(new("embedder")));
        Assert.Equal(10, rates.Taken(new("embedder/regroup")));
        Assert.Equal(15, rates.Taken(new("tracks")));
    }

    [Fact]
    public void WorkflowRates_what_is_kept_goes_with_the_parts()
    {
        var flow = WorkflowRates.Of(Tracking.Problem).Flows.Single(f => f.From == new OperatorId("embedder/parts"));

        Assert.Equal((30 * 10_000) + (10 * 1_000), flow.BytesPerSecond(null));
        Assert.Equal((3 * 10_000) + 1_000, flow.BytesPerElement(null));
        Assert.Equal(((30 * 10_000) + (10 * 1_000)) / 40.0, flow.BytesPerMessage(null), 9);
    }

    [Fact]
    public void AccuracyTable_more_specific_row_overrules_and_nothing_is_read_between_rows()
    {
        var embedder = new VariantChoice(new("embedder"), "stripes");
        var specific = Tracking.Accuracy(0.4, "large") with { Variants = [new VariantChoice(new("detector"), "large"), embedder] };
        var problem = Tracking.Problem with { Profile = Tracking.Profile with { Accuracies = [Tracking.Accuracy(0.8, "large"), specific] } };
        var table = AccuracyTable.Of(problem, new("tracks"), "ap50");

        Assert.Equal(0.4, table.ValueOf(o => o.Value == "detector" ? "large" : "stripes"));
        Assert.Null(table.ValueOf(o => o.Value == "detector" ? "small" : "stripes"));
    }

    [Fact]
    public void AccuracyTable_estimated_rows_count_only_when_asked()
    {
        var problem = Tracking.Problem with { Profile = Tracking.Profile with { Accuracies = [Tracking.Accuracy(0.8, "large") with { IsEstimated = true }] } };

        Assert.Empty(AccuracyTable.Of(problem, new("tracks"), "ap50").Rows);
        Assert.Single(AccuracyTable.Of(problem with { Options = new PlanningOptions { AllowEstimated = true } }, new("tracks"), "ap50").Rows);
    }
}
