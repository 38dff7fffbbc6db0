using System.Collections.Immutable;
using CsCheck;
using JellyBean.Runtime.Control.Adaptation;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Tests.Control.Adaptation;

public sealed class FastLoopTests
{
    public static readonly ImmutableSortedDictionary<OperatorId, string> Nobody = ImmutableSortedDictionary<OperatorId, string>.Empty;

    private static readonly AdaptationOptions Options = new();

    [Fact]
    public void Three_times_the_load_steps_down_within_two_seconds_and_comes_back_once_it_was_calm()
    {
        var plant = new Plant(LadderPlans.Of(1.2, 2, 4), Options);

        plant.Run(TimeSpan.FromMinutes(1), _ => 1).Run(TimeSpan.FromMinutes(1), _ => 3);
        var during = plant.Trace.Where(t => t.At > TimeSpan.FromSeconds(62)).ToList();
        var (down, atPeak) = (plant.Decisions.Count, plant.State.Current.Variants);
        plant.Run(TimeSpan.FromMinutes(2), _ => 1);

        Assert.Equal("detector=v2", atPeak);
        Assert.InRange(down, 1, 2);
        Assert.All(during, t => Assert.True(t.Processed >= t.Offered));
        Assert.All(plant.Decisions.Take(down), d => Assert.Equal(AdaptationAction.StepDown, d.Action));
        var up = Assert.Single(plant.Decisions.Skip(down));
        Assert.Equal((AdaptationAction.StepUp, "detector=v0"), (up.Action, up.To));
        Assert.InRange(up.At, TimeSpan.FromMinutes(2) + Options.CalmFor, TimeSpan.FromMinutes(2) + Options.CalmFor + TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData(true, 5)]
    [InlineData(false, 31)]
    public void Drift_lets_more_accurate_variants_come_back_sooner_only_where_that_was_asked_for(bool stepsUp, int within)
    {
        var plant = new Plant(LadderPlans.Of(1.2, 2, 4), Options with { StepsUpOnDrift = stepsUp }) { HasDrifted = true };

        plant.Run(TimeSpan.FromMinutes(1), _ => 3).Run(TimeSpan.FromMinutes(1), _ => 1);

        var up = plant.Decisions.First(d => d.Action == AdaptationAction.StepUp);
        Assert.InRange(up.At, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60 + within + 1));
        Assert.Equal(stepsUp, up.Reason.Contains("has drifted", StringComparison.Ordinal));
        Assert.Equal("detector=v0", plant.State.Current.Variants);
    }

    [Fact]
    public void Sources_that_wait_step_down_and_nothing_is_shed()
    {
        var plant = new Plant(LadderPlans.Of(1.2, 2), Options) { CanShed = false };

        plant.Run(TimeSpan.FromMinutes(1), _ => 4);

        Assert.Equal(["StepDown"], plant.Decisions.Select(d => d.Action.ToString()));
    }

    [Fact]
    public void Drift_while_too_much_arrives_gives_up_nothing_that_is_needed()
    {
        var plant = new Plant(LadderPlans.Of(1.2, 2, 4), Options with { StepsUpOnDrift = true }) { HasDrifted = true };

        plant.Run(TimeSpan.FromMinutes(3), _ => 3);

        Assert.DoesNotContain(plant.Decisions, d => d.Action == AdaptationAction.StepUp);
    }

    [Fact]
    public void What_the_plan_can_take_changes_nothing_however_unevenly_it_comes() =>
        Gen.Select(Gen.Double[0.2, 1], Gen.Int[0, 1000]).Sample(
            (mean, seed) =>
            {
                var random = new Random(seed);
                var plant = new Plant(LadderPlans.Of(1, 2, 4), Options).Run(TimeSpan.FromMinutes(10), _ => mean * (0.85 + (0.3 * random.NextDouble())));

                Assert.Empty(plant.Decisions);
            },
            seed: "0N0XIzNsQ0O2",
            iter: 100,
            threads: 1);

    [Fact]
    public void Sawtooth_of_a_fifth_up_and_down_does_not_flap() =>
        Gen.Select(Gen.Double[0.5, 5], Gen.Double[2, 180], Gen.Double[0.6, 1.1]).Sample(
            (mean, period, speed) =>
            {
                const int Minutes = 30;
                double Sawtooth(TimeSpan t) => mean * (0.8 + (0.4 * (t.TotalSeconds % period / period)));

                var plant = new Plant(LadderPlans.Of(1, 1.5, 2.2, 3.3, 5), Options, speed).Run(TimeSpan.FromMinutes(Minutes), Sawtooth);

                Assert.InRange(plant.Steps, 0, Minutes / 2);
                Assert.True(plant.Decisions.Count(d => d.At > TimeSpan.FromMinutes(Minutes - 10)) <= 10, string.Join('\n', plant.Decisions.Select(d => $"{d.At} {d.LetIn} {d.Capacity} {d}")));
            },
            seed: "0N0XIzNsQ0O2",
            iter: 300,
            threads: 1);

    [Fact]
    public void Whatever_arrives_only_the_ladder_below_the_plan_runs_and_only_the_fastest_is_shed() =>
        Gen.Select(Gen.Double[0, 8].Array[1, 30], Gen.Double[0.3, 1.2], Gen.Int[1, 5]).Sample(
            (loads, speed, rungs) =>
            {
                double[] capacities = [0.5, 1.1, .. Enumerable.Range(1, rungs).Select(i => 1.1 + (0.6 * i))];
                var plan = LadderPlans.Of(capacities);
                var plant = new Plant(plan, Options, speed);
                foreach (var load in loads)
                {
                    plant.Run(TimeSpan.FromSeconds(20), _ => load);
                    Assert.True(plant.State.LetIn is null || plant.State.Current == plan.Ladder[^1]);
                }

                Assert.DoesNotContain(plant.Decisions, d => d.To == plan.Ladder[0].Variants);
                Assert.Equal(Enumerable.Range(1, plant.Decisions.Count), plant.Decisions.Select(d => (int)d.Revision));
                Assert.All(plant.Decisions, d =>
                {
                    Assert.Contains(plan.Ladder, r => r.Variants == d.To);
                    Assert.True(d.LetIn is null or > 0);
                    Assert.NotEmpty(d.Reason);
                });
            },
            seed: "0N0XIzNsQ0O2",
            iter: 200,
            threads: 1);

    [Fact]
    public void More_than_the_fastest_can_take_is_shed_and_let_in_again_when_there_is_room()
    {
        var plant = new Plant(LadderPlans.Of(1, 2), Options);

        plant.Run(TimeSpan.FromMinutes(1), _ => 4);
        var (atPeak, letIn) = (plant.Decisions.Select(d => d.Action).ToList(), plant.State.LetIn);
        plant.Run(TimeSpan.FromMinutes(2), _ => 0.9);

        Assert.Equal([AdaptationAction.StepDown, AdaptationAction.Shed], atPeak);
        Assert.InRange(letIn!.Value, 2, 2.5);
        Assert.Equal(AdaptationAction.StepUp, plant.Decisions[^1].Action);
        Assert.InRange(plant.Decisions.Count, 3, 4);
        Assert.Null(plant.State.LetIn);
    }

    [Fact]
    public void Machine_that_is_slower_than_its_profile_steps_down_though_the_plan_says_that_it_need_not()
    {
        var plant = new Plant(LadderPlans.Of(1.2, 2.5), Options, speed: 0.5);

        plant.Run(TimeSpan.FromMinutes(1), _ => 1);

        Assert.Equal("detector=v1", plant.State.Current.Variants);
        Assert.InRange(plant.State.Correction, 0.45, 0.75);
    }

    [Fact]
    public void Variant_that_cannot_be_loaded_another_one_is_taken_and_it_is_not_tried_again()
    {
        var plan = LadderPlans.Of(1, 2, 4);
        var state = FastState.Begin(plan, Options, new Dictionary<OperatorId, string> { [LadderPlans.Detector] = "v0" }, 3, Nobody)!;
        var seen = new LoadMeasurement(1.8, 1, TimeSpan.Zero, TimeSpan.Zero, 1, "detector", 0);
        var loop = new FastLoop(Options);

        var down = loop.Next(loop.Next(state, seen, TimeSpan.FromSeconds(1)).State, seen, TimeSpan.FromSeconds(2));
        var broken = down.State with { Broken = [(LadderPlans.Detector, "v1")] };
        var next = loop.Next(broken, seen, TimeSpan.FromSeconds(3));
        var calm = Enumerable.Range(4, 100).Aggregate(next, (s, i) => loop.Next(s.State, seen with { Load = 1.5 }, TimeSpan.FromSeconds(i)));

        Assert.Equal(("detector=v1", 4L), (down.Decision!.To, down.Decision.Revision));
        Assert.Equal(("detector=v2", 5L), (next.Decision!.To, next.Decision.Revision));
        Assert.Equal(2, calm.State.Rung);
    }

    [Fact]
    public void Coordinator_that_takes_over_goes_on_with_what_nodes_run()
    {
        var state = FastState.Begin(LadderPlans.Of(0.7, 1, 2, 4), Options, new Dictionary<OperatorId, string> { [LadderPlans.Detector] = "v2" }, 9, Nobody)!;

        Assert.Equal(("detector=v2", 9L, 3), (state.Current.Variants, state.Revision, state.Rungs.Length));
    }

    [Fact]
    public void Variant_chosen_by_hand_runs_whatever_arrives_until_nobody_chooses_any_more()
    {
        var plan = LadderPlans.Of(0.7, 1.5, 2, 4);
        var state = FastState.Begin(plan, Options, new Dictionary<OperatorId, string> { [LadderPlans.Detector] = "v1" }, 3, Nobody)!;
        var (loop, much) = (new FastLoop(Options with { MayShed = false }), new LoadMeasurement(3, 2, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), 1, "detector", 0));

        var chosen = FastLoop.Choose(state, Nobody.Add(LadderPlans.Detector, "v2"), much, TimeSpan.FromSeconds(1));
        var later = Enumerable.Range(2, 200).Aggregate(chosen, (s, i) => loop.Next(s.State, much, TimeSpan.FromSeconds(i)));
        var given = FastLoop.Choose(later.State, Nobody, much, TimeSpan.FromSeconds(300));

        Assert.Equal((AdaptationAction.ByHand, "detector=v1", "detector=v2", 4L), (chosen.Decision!.Action, chosen.Decision.From, chosen.Decision.To, chosen.Decision.Revision));
        Assert.Equal("detector=v2", later.State.Current.Variants);
        Assert.Equal(("detector=v3", 5L), (given.State.Current.Variants, given.State.Revision));
        Assert.Equal([0, 3, 0], new[] { "v0", "v1", "v9" }.Select(v => FastState.RungsOf(plan, v == "v1" ? Nobody : Nobody.Add(LadderPlans.Detector, v)).Length));
    }

    [Fact]
    public void Larger_batches_come_before_less_accuracy()
    {
        var plan = LadderPlans.Of(1, 2, 4);
        plan = plan with { Ladder = [plan.Ladder[0], .. plan.Ladder.Skip(1).Select((r, i) => i > 0 ? r : r with { Ways = [r.Ways[0] with { Variant = "v0", BatchSize = 8 }], Accuracies = plan.Ladder[0].Accuracies })] };
        var plant = new Plant(plan, Options).Run(TimeSpan.FromMinutes(1), _ => 1.8);

        var down = Assert.Single(plant.Decisions);
        Assert.Equal(("detector=v0 in batches of 1", "detector=v0 in batches of 8"), (down.From, down.To));
        Assert.Equal(8, AdjustmentOf.Of(plant.State, 1.8, []).Operators.Single().BatchSize);
    }

    [Fact]
    public void Swaps_switched_off_sources_are_shed_to_what_the_plans_variants_can_take()
    {
        var plant = new Plant(LadderPlans.Of(1, 4), Options with { MaySwap = false }).Run(TimeSpan.FromMinutes(1), _ => 3);

        Assert.Equal(AdaptationAction.Shed, Assert.Single(plant.Decisions).Action);
        Assert.Equal("detector=v0", plant.State.Current.Variants);
    }
}
