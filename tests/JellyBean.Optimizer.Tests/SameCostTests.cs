using System.Collections.Immutable;
using CsCheck;
using JellyBean.Optimizer.Tests.Families;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Tests.Cases;
using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;
using Xunit;

namespace JellyBean.Optimizer.Tests;

public sealed class SameCostTests
{
    private static readonly OperatorId Detector = new("detector");

    private static readonly PlanningProblem WithSmallOnly =
        Tracking.Problem with { Profile = Tracking.Profile with { ServiceTimes = [.. Tracking.Profile.ServiceTimes.Where(t => t.Variant != "large")] } };

    [Fact]
    public void Planner_of_plans_that_cost_the_same_takes_the_most_accurate_of_all_assignments() => Gen.Double[1, 40].Sample(
        rate =>
        {
            var most = TwoAnswers.Problem(budget: double.PositiveInfinity, rate);
            var problem = most with { Options = most.Options with { Goal = PlanningGoal.LeastCost } };

            var result = Planner.Plan(problem);

            var best = TwoAnswers.Best(TwoAnswers.Problem(budget: result.Plan!.Cost.TotalPerHour * (1 + 1e-7), rate))!.Value;
            Assert.Equal(PlanningStatus.Optimal, result.Status);
            Assert.Equal(best.Values, result.Plan.Outputs.Select(o => o.Accuracy!.Value));
            Assert.Equal(best.Cost, result.Plan.Cost.TotalPerHour, 9);
            Assert.Empty(PlanCheck.Violations(result.Plan, problem));
        },
        iter: 20,
        threads: 1);

    [Fact]
    public void Planner_machines_that_cost_nothing_give_the_best_accuracy_that_they_can()
    {
        var catalogue = Tracking.Catalogue with { WorkerTypes = [.. Tracking.Catalogue.WorkerTypes.Select(t => t with { PricePerHour = t.Tier == Tier.Edge ? 0 : t.PricePerHour })] };

        var result = Planner.Plan(Tracking.Problem with { Catalogue = catalogue });

        Assert.Equal((0.0, "large"), (result.Plan!.Cost.TotalPerHour, result.Plan[Detector].Variant));
    }

    [Fact]
    public void Planner_latency_that_only_a_less_accurate_variant_meets_at_that_cost_decides()
    {
        static PlanningResult Within(PlanningProblem reference) => Planner.Plan(Tracking.Problem with
        {
            Objectives = Tracking.ObjectivesOf(new Objectives
            {
                Accuracy = new AccuracyFloor("ap50", 0.5),
                P99 = TimeSpan.FromMilliseconds(Planner.Plan(reference).Plan!.Outputs.Single().P99Ms * 1.01),
            }),
        });

        var (loose, tight) = (Within(Tracking.Problem), Within(WithSmallOnly));

        Assert.Equal(("large", 0.02), (loose.Plan![Detector].Variant, Math.Round(loose.Plan.Cost.TotalPerHour, 9)));
        Assert.Equal(("small", 0.02), (tight.Plan![Detector].Variant, Math.Round(tight.Plan.Cost.TotalPerHour, 9)));
    }

    [Fact]
    public void Planner_plan_in_force_that_costs_the_same_stays_though_another_is_more_accurate()
    {
        var small = Planner.Plan(WithSmallOnly).Plan!;

        var again = Planner.Plan(Tracking.Problem with { InForce = new PlanInForce(small, 0.001) });

        Assert.Equal(("small", 0.0), (again.Plan![Detector].Variant, again.MovesPerHour));
    }

    [Fact]
    public void Planner_plan_in_force_is_left_for_a_more_accurate_one_where_moving_is_free()
    {
        var small = Planner.Plan(WithSmallOnly).Plan!;

        var again = Planner.Plan(Tracking.Problem with { InForce = new PlanInForce(small) });

        Assert.Equal(("large", 0.02), (again.Plan![Detector].Variant, Math.Round(again.Plan.Cost.TotalPerHour, 9)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.97)]
    [InlineData(1.02)]
    public void Planner_plan_in_force_is_never_left_for_a_less_accurate_one_at_the_same_cost(double asMuch) => Gen.Select(Gen.Double[1, 30], Gen.Bool).Sample(
        (rate, mayBeLate) =>
        {
            var problem = TwoAnswers.Problem(budget: double.PositiveInfinity, rate);
            problem = problem with { Options = problem.Options with { Goal = PlanningGoal.LeastCost } };
            problem = mayBeLate ? problem : problem with { Objectives = problem.Objectives.ToImmutableSortedDictionary(o => o.Key, o => o.Value with { P99 = TimeSpan.FromSeconds(3) }) };
            var inForce = Planner.Plan(problem).Plan!;
            var now = problem with { Sources = [.. problem.Sources.Select(s => s with { Rate = s.Rate * asMuch })], InForce = new PlanInForce(inForce) };

            var again = Planner.Plan(now);

            Assert.Empty(PlanCheck.Violations(again.Plan!, now));
            if (again.Plan!.Cost.TotalPerHour >= inForce.Cost.TotalPerHour * (1 - 1e-7) && Fits(inForce, now))
            {
                Assert.True(AccuracyGoal.Of(now).Compare(Values(again.Plan), Values(inForce)) >= 0, $"{string.Join(" ", Values(inForce))} → {string.Join(" ", Values(again.Plan))}");
            }
        },
        iter: 10,
        threads: 1);

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(7)]
    public void Planner_of_plans_that_cost_the_same_and_are_as_accurate_takes_the_one_with_the_lower_p99(double rate)
    {
        var problem = Tracking.Problem with
        {
            Sources = [Tracking.Source("north", rate), Tracking.Source("south", rate)],
            Objectives = Tracking.ObjectivesOf(new Objectives { Accuracy = new AccuracyFloor("ap50", 0.5), P99 = TimeSpan.FromSeconds(20) }),
        };

        var plan = Planner.Plan(problem).Plan!;

        var others = from detector in new[] { 1, 4 }
                     from embedder in new[] { 1, 8 }
                     select Planner.Plan(problem with
                     {
                         Profile = problem.Profile with
                         {
                             ServiceTimes = [.. problem.Profile.ServiceTimes.Where(t => t.Variant is null || t.BatchSize == (t.Operator == Detector ? detector : embedder))],
                         },
                     }).Plan;
        var alike = others.OfType<Plan>().Where(o => o.Cost.TotalPerHour <= plan.Cost.TotalPerHour * (1 + 1e-7) && Values(o).SequenceEqual(Values(plan))).ToList();
        Assert.NotEmpty(alike);
        Assert.All(alike, o => Assert.InRange(plan.Outputs.Single().P99Ms, 0, new PlanEvaluation(problem, o).Outputs().Single().P99Ms * 1.01));
    }

    [Fact]
    public void Planner_asked_again_about_the_same_gives_the_plan_in_force()
    {
        var plan = Planner.Plan(Tracking.Problem).Plan!;

        var again = Planner.Plan(Tracking.Problem with { InForce = new PlanInForce(plan with { Epoch = 7 }) });

        Assert.Equal(plan, again.Plan);
    }

    private static ImmutableArray<double> Values(Plan plan) => [.. plan.Outputs.Select(o => o.Accuracy!.Value)];

    private static bool Fits(Plan plan, PlanningProblem problem) => PlanCheck.Violations(plan with { Ladder = [] }, problem with { Sources = [.. problem.Sources.Select(s => s with { Rate = plan.Sources.Single().Rate })] })
        .IsEmpty && new PlanEvaluation(problem, plan).Workers().All(w => w.Utilisation <= problem.Options.UtilisationCap);
}
