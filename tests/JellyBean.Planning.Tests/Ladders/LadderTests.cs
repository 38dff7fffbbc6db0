using JellyBean.Planning.Ladders;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Tests.Cases;
using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;
using Xunit;

namespace JellyBean.Planning.Tests.Ladders;

public sealed class LadderTests
{
    private static readonly Plan Climbed = HandPlan.Plan.WithLadder(Tracking.Problem);

    [Fact]
    public void Ladder_has_every_assignment_that_meets_the_floor_most_accurate_first()
    {
        Assert.Equal(["detector=large, embedder=stripes", "detector=small, embedder=stripes"], Climbed.Ladder.Select(r => r.Variants));
        Assert.Equal([0.8, 0.6], Climbed.Ladder.Select(r => Assert.Single(r.Accuracies).Value));
        Assert.True(Climbed.Ladder[0].Capacity < Climbed.Ladder[1].Capacity);
        Assert.Empty(PlanCheck.Violations(Climbed, Tracking.Problem));
    }

    [Fact]
    public void Ladder_says_how_far_each_rung_goes_on_the_plans_machines()
    {
        // Half of 10 frames a second on the edge: runs of 4 in 60 ms at half speed are 0.15 cores, of the one that the hand-made plan gives the detector there; 0.8 of it may be busy.
        var small = Climbed.Ladder[1];

        Assert.Equal(0.8 / 0.15, small.Capacity, 9);
        Assert.Equal(HandPlan.Plan.Workers.Sum(w => w.Utilisation * (w.Worker.Value == "edge" ? 2 : 4)), small.Cores, 9);
    }

    [Fact]
    public void Ladder_has_larger_batches_of_the_plans_own_variants_before_less_accuracy()
    {
        var plan = HandPlan.WithPlacement("detector", p => p with { BatchSize = 1 });

        var ladder = plan.WithLadder(Tracking.Problem).Ladder;

        Assert.Equal(["large", "small", "small"], ladder.Select(r => r.Ways[0].Variant));
        Assert.Equal([1, 4], ladder.Skip(1).Select(r => r.Ways[0].BatchSize));
        Assert.True(ladder[2].Capacity >= ladder[1].Capacity * 1.05);
    }

    [Fact]
    public void Ladder_higher_floor_leaves_out_what_does_not_meet_it()
    {
        var problem = Tracking.WithFloor(0.7);
        var plan = HandPlan.WithPlacement("detector", p => p with { Variant = "large" });

        Assert.Equal(["detector=large, embedder=stripes"], plan.WithLadder(problem).Ladder.Select(r => r.Variants));
    }

    [Fact]
    public void Ladder_without_an_objective_keeps_the_plans_variants_alone()
    {
        var problem = Tracking.Problem with { Objectives = Tracking.ObjectivesOf(new Objectives()) };

        Assert.Equal(["detector=small, embedder=stripes"], HandPlan.Plan.WithLadder(problem).Ladder.Select(r => r.Variants));
    }

    [Fact]
    public void Ladder_leaves_out_what_does_not_fit_into_memory()
    {
        var catalogue = Tracking.Catalogue with { WorkerTypes = [.. Tracking.Catalogue.WorkerTypes.Select(t => t with { MemoryBytes = 70_000_000 })] };

        Assert.Equal(["detector=small, embedder=stripes"], HandPlan.Plan.WithLadder(Tracking.Problem with { Catalogue = catalogue }).Ladder.Select(r => r.Variants));
    }

    [Fact]
    public void Ladder_leaves_out_what_would_be_too_slow()
    {
        var p99 = TimeSpan.FromMilliseconds(HandPlan.Plan.Outputs.Single().P99Ms + 1);
        var problem = Tracking.Problem with { Objectives = Tracking.ObjectivesOf(new Objectives { Accuracy = new AccuracyFloor("ap50", 0.5), P99 = p99 }) };

        Assert.Equal(["detector=small, embedder=stripes"], HandPlan.Plan.WithLadder(problem).Ladder.Select(r => r.Variants));
    }

    public static TheoryData<string, string> Tamperings { get; } = new()
    {
        { "own left out", "are no rung of its ladder" },
        { "twice", "has 2 rungs with" },
        { "upside down", "is more accurate than the one before it" },
        { "capacity prettified", "times the planned rates" },
        { "cores prettified", "times the planned rates" },
        { "accuracy prettified", "says RungAccuracy" },
        { "unknown variant", "was not profiled" },
        { "unknown batch size", "was not profiled" },
        { "operator left out", "each once" },
    };

    [Theory]
    [MemberData(nameof(Tamperings))]
    public void PlanCheck_tampered_ladder_is_refused(string tampering, string expected)
    {
        var (high, low) = (Climbed.Ladder[0], Climbed.Ladder[1]);
        RungWay Other(RungWay way, string variant, int batch) => way.Operator == new OperatorId("detector") ? way with { Variant = variant, BatchSize = batch } : way;
        LadderRung[] ladder = tampering switch
        {
            "own left out" => [high],
            "twice" => [high, low, low],
            "upside down" => [low, high],
            "capacity prettified" => [high with { Capacity = high.Capacity * 1.1 }, low],
            "cores prettified" => [high, low with { Cores = 0.1 }],
            "accuracy prettified" => [high with { Accuracies = [high.Accuracies[0] with { Value = 0.9 }] }, low],
            "unknown variant" => [high with { Ways = [.. high.Ways.Select(w => Other(w, "huge", 4))] }, low],
            "unknown batch size" => [high with { Ways = [.. high.Ways.Select(w => Other(w, "large", 3))] }, low],
            _ => [high with { Ways = [high.Ways[0]] }, low],
        };

        var violations = PlanCheck.Violations(Climbed with { Ladder = [.. ladder] }, Tracking.Problem);

        Assert.All(violations, v => Assert.Equal(PlanConstraint.Ladder, v.Constraint));
        Assert.Contains(violations, v => v.Message.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void PlanCheck_rung_below_a_raised_floor_is_refused()
    {
        var plan = HandPlan.WithPlacement("detector", p => p with { Variant = "large" }) with { Ladder = Climbed.Ladder };

        Assert.Contains(PlanCheck.Violations(plan, Tracking.WithFloor(0.7)), v => v.Constraint == PlanConstraint.Ladder && v.Message.Contains("does not meet every floor", StringComparison.Ordinal));
    }

    [Fact]
    public void LadderTable_shows_variants_batches_accuracy_and_capacity()
    {
        var text = LadderTable.Draw(Climbed);

        Assert.Contains("ap50 0.6, up to 5.33 × the planned rates", text, StringComparison.Ordinal);
        Assert.Contains("detector=small/4 embedder=stripes/8  (this plan)", text, StringComparison.Ordinal);
    }
}
