using JellyBean.Optimizer.Tests.Families;
using JellyBean.Optimizer.Tests.Published;
using JellyBean.Planning;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Tests.Cases;
using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Optimizer.Tests;

public sealed class PlannerTests
{
    [Fact]
    public void Planner_light_load_stays_on_the_edge_with_the_most_accurate_variant_that_the_machine_takes()
    {
        var result = Planner.Plan(Tracking.Problem);

        Assert.Equal(PlanningStatus.Optimal, result.Status);
        Assert.Equal(0.02, result.Plan!.Cost.TotalPerHour, 9);
        Assert.Equal("large", result.Plan[new OperatorId("detector")].Variant);
        Assert.All(result.Plan.Placements, p => Assert.Equal([new WorkerId("edge")], p.Instances.Select(i => i.Worker)));
        Assert.Equal(0, result.Gap, 6);
    }

    [Fact]
    public void Planner_floor_above_the_small_variant_takes_the_large_one_and_the_cloud()
    {
        var result = Planner.Plan(Tracking.WithFloor(0.7));

        Assert.Equal(PlanningStatus.Optimal, result.Status);
        Assert.Equal("large", result.Plan![new OperatorId("detector")].Variant);
        Assert.Equal(0.8, result.Plan.Outputs.Single().Accuracy);
    }

    [Fact]
    public void Planner_operator_pinned_beside_the_workflow_stands_on_that_tier()
    {
        var problem = Tracking.Problem with { Pins = Tracking.Problem.Pins.Add(new OperatorId("detector"), Tier.Cloud) };

        var result = Planner.Plan(problem);

        Assert.Equal(PlanningStatus.Optimal, result.Status);
        Assert.All(result.Plan![new OperatorId("detector")].Instances, i => Assert.Equal(Tier.Cloud, problem.Catalogue.TierOf(i.Worker)));
        Assert.Contains(PlanCheck.Violations(Planner.Plan(Tracking.Problem).Plan!, problem), v => v.Constraint == PlanConstraint.Pin);
    }

    [Fact]
    public void Planner_machine_that_serves_two_tiers_holds_operators_of_both_and_is_paid_once()
    {
        var catalogue = Tracking.Catalogue with
        {
            WorkerTypes = [.. Tracking.Catalogue.WorkerTypes.Select(t => t.Tier == Tier.Edge ? t with { AlsoServes = [Tier.Cloud] } : t)],
            Workers = [.. Tracking.Catalogue.Workers.Where(w => Tracking.Catalogue.TierOf(w.Id) == Tier.Edge)],
        };
        var problem = Tracking.Problem with { Catalogue = catalogue, Pins = Tracking.Problem.Pins.Add(new OperatorId("tracker"), Tier.Cloud).Add(new OperatorId("detector"), Tier.Edge) };

        var result = Planner.Plan(problem);

        Assert.Equal(PlanningStatus.Optimal, result.Status);
        Assert.All(result.Plan!.Placements, p => Assert.Equal([new WorkerId("edge")], p.Instances.Select(i => i.Worker)));
        Assert.Equal(0.02, result.Plan.Cost.TotalPerHour, 9);
        Assert.Empty(PlanCheck.Violations(result.Plan, problem));
    }

    [Fact]
    public void Planner_source_of_a_tier_is_read_on_a_machine_that_stands_elsewhere_and_serves_it()
    {
        var catalogue = Tracking.Catalogue with
        {
            WorkerTypes = [.. Tracking.Catalogue.WorkerTypes.Select(t => t.Tier == Tier.Cloud ? t with { AlsoServes = [Tier.Edge] } : t)],
            Workers = [.. Tracking.Catalogue.Workers.Where(w => Tracking.Catalogue.TierOf(w.Id) == Tier.Cloud)],
        };
        var problem = Tracking.Problem with { Catalogue = catalogue, Sources = [.. Tracking.Problem.Sources.Select(s => s with { Worker = null })] };

        var result = Planner.Plan(problem);

        Assert.Equal(PlanningStatus.Optimal, result.Status);
        Assert.Equal((0.2, 0.0), (result.Plan!.Cost.ComputePerHour, result.Plan.Cost.NetworkPerHour));
        Assert.Empty(PlanCheck.Violations(result.Plan, problem));
    }

    [Fact]
    public void Planner_unreachable_floor_names_the_best_measured()
    {
        var result = Planner.Plan(Tracking.WithFloor(0.99));

        Assert.Equal(PlanningStatus.Infeasible, result.Status);
        Assert.Contains("above the best measured 0.8 (detector=large)", Assert.Single(result.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public void Planner_unknown_metric_says_what_is_measured()
    {
        var problem = Tracking.Problem with { Objectives = Tracking.ObjectivesOf(new Objectives { Accuracy = new AccuracyFloor("mota", 0.1) }) };

        var result = Planner.Plan(problem);

        Assert.Equal(PlanningStatus.Infeasible, result.Status);
        Assert.Contains("the profile has ap50", Assert.Single(result.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public void Planner_too_high_a_rate_names_what_would_be_too_busy()
    {
        var result = Planner.Plan(Tracking.Problem with { Sources = [Tracking.Source("north", 2000)] });

        Assert.Equal(PlanningStatus.Infeasible, result.Status);
        Assert.NotEmpty(result.Reasons);
        Assert.Contains(result.Reasons, r => r.Contains("% busy", StringComparison.Ordinal) || r.Contains("bandwidth", StringComparison.Ordinal) || r.Contains("do not suffice", StringComparison.Ordinal));
    }

    [Fact]
    public void Planner_too_strict_a_latency_names_the_nearest()
    {
        var problem = Tracking.Problem with { Objectives = Tracking.ObjectivesOf(new Objectives { P99 = TimeSpan.FromMilliseconds(10) }) };

        var result = Planner.Plan(problem);

        Assert.Equal(PlanningStatus.Infeasible, result.Status);
        Assert.Contains("p99 latency would be", Assert.Single(result.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public void Planner_latency_objective_pays_for_faster_machines_when_it_must()
    {
        var loose = Planner.Plan(Tracking.Problem);
        var limit = TimeSpan.FromMilliseconds(loose.Plan!.Outputs.Single().P99Ms * 0.2);
        var problem = Tracking.Problem with
        {
            Objectives = Tracking.ObjectivesOf(new Objectives { P99 = limit }),
            Options = new PlanningOptions { TimeLimit = TimeSpan.FromMinutes(5) },
        };

        var result = Planner.Plan(problem);

        Assert.Equal(PlanningStatus.Optimal, result.Status);
        Assert.True(result.Plan!.Outputs.Single().P99Ms <= limit.TotalMilliseconds + 1e-3);
        Assert.True(result.Plan.Cost.TotalPerHour > loose.Plan.Cost.TotalPerHour);
    }

    [Fact]
    public void Planner_invalid_problem_says_everything_that_is_wrong()
    {
        var problem = Tracking.Problem with
        {
            Sources = [Tracking.Source("north", double.NaN)],
            Options = new PlanningOptions { UtilisationCap = 1.5 },
        };

        var result = Planner.Plan(problem);

        Assert.Equal(PlanningStatus.Invalid, result.Status);
        Assert.Equal(2, result.Reasons.Length);
    }

    [Fact]
    public void Planner_everything_on_one_tier_costs_no_less_than_the_free_choice()
    {
        var problem = Tracking.WithFloor(0.7) with { Sources = [Tracking.Source("north", 5)] };

        var free = Planner.Plan(problem);
        var edge = Planner.PlanOn(problem, Tier.Edge);
        var cloud = Planner.PlanOn(problem, Tier.Cloud);

        Assert.All([edge, cloud], r => Assert.Equal(PlanningStatus.Optimal, r.Status));
        Assert.All([edge, cloud], r => Assert.True(r.Plan!.Cost.TotalPerHour >= free.Plan!.Cost.TotalPerHour - 1e-9));
        Assert.All(cloud.Plan!.Placements.Where(p => p.Operator != new OperatorId("cameras")), p => Assert.Equal("cloud-1", p.Instances.Single().Worker.Value));
    }

    [Fact]
    public void Planner_missing_link_is_a_reason()
    {
        var problem = Tracking.Problem with
        {
            Catalogue = Tracking.Catalogue with { Links = [Tracking.Catalogue.Links[1]] },
            Options = new PlanningOptions { OnlyTier = Tier.Cloud },
        };

        var result = Planner.Plan(problem);

        Assert.Equal(PlanningStatus.Infeasible, result.Status);
        Assert.Contains("Add a link", Assert.Single(result.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public void Planner_order_of_rows_does_not_change_the_plan()
    {
        var problem = Tracking.WithFloor(0.7);
        var catalogue = problem.Catalogue;
        var shuffled = problem with
        {
            Sources = [.. problem.Sources.Reverse()],
            Catalogue = catalogue with { Workers = [.. catalogue.Workers.Reverse()], WorkerTypes = [.. catalogue.WorkerTypes.Reverse()], Links = [.. catalogue.Links.Reverse()], Tiers = [.. catalogue.Tiers.Reverse()] },
            Profile = problem.Profile with { ServiceTimes = [.. problem.Profile.ServiceTimes.Reverse()], Accuracies = [.. problem.Profile.Accuracies.Reverse()] },
        };

        Assert.Equal(PlanText.Write(Planner.Plan(problem).Plan!), PlanText.Write(Planner.Plan(shuffled).Plan!));
    }

    [Fact]
    public void Planner_most_accuracy_takes_the_best_that_the_budget_allows()
    {
        var problem = PublishedInstance.Problem(PlanningModes.All with { Goal = PlanningGoal.MostAccuracy, BudgetPerHour = 6 }, accuracy: 54, rate: 40);

        var result = Planner.Plan(problem);
        var nextBetter = Planner.Plan(PublishedInstance.Problem(PlanningModes.All, accuracy: result.Plan!.Outputs.Single().Accuracy!.Value + 0.001, rate: 40));

        Assert.Equal(PlanningStatus.Optimal, result.Status);
        Assert.True(result.Plan.Cost.TotalPerHour <= 6);
        Assert.True(nextBetter.Plan!.Cost.TotalPerHour > 6);
    }

    [Fact]
    public void Planner_budget_below_the_cheapest_plan_is_a_reason()
    {
        var result = Planner.Plan(PublishedInstance.Problem(PlanningModes.All with { BudgetPerHour = 1 }, accuracy: 56, rate: 40));

        Assert.Equal(PlanningStatus.Infeasible, result.Status);
        Assert.Contains("allowed: 1", Assert.Single(result.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public void Planner_too_few_machines_says_how_many_more_would_do()
    {
        var result = Planner.Plan(PublishedInstance.Problem(PlanningModes.All, accuracy: 58.3, rate: 160));

        Assert.Equal(PlanningStatus.Infeasible, result.Status);
        Assert.All(result.Reasons, r => Assert.Contains("the machines do not suffice", r, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("P1")]
    [InlineData("SHARE")]
    public void Planner_proportional_routing_over_three_tiers_is_unsupported(string mode)
    {
        var problem = new Fleet(8, 4, 2, 2).Problem(1) with { Options = PlanningModes.ByName[mode] };

        var result = Planner.Plan(problem);

        Assert.Equal(PlanningStatus.Unsupported, result.Status);
        Assert.Contains("at most two tiers", Assert.Single(result.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public void Planner_plan_in_force_that_is_still_the_cheapest_stays()
    {
        var problem = PublishedInstance.Problem(PlanningModes.All, accuracy: 56, rate: 40);
        var inForce = Planner.Plan(problem).Plan!;

        var again = Planner.Plan(problem with { InForce = new PlanInForce(inForce) });

        Assert.Equal(PlanningStatus.Optimal, again.Status);
        Assert.Equal(PlanText.Write(inForce), PlanText.Write(again.Plan!));
    }

    [Fact]
    public void Planner_dear_moves_keep_the_plan_in_force_where_cheap_ones_leave_it()
    {
        var inForce = Planner.PlanOn(Tracking.Problem, Tier.Cloud).Plan!;
        var problem = Tracking.Problem with { Options = new PlanningOptions { TimeLimit = TimeSpan.FromMinutes(5) } };

        var moved = Planner.Plan(problem with { InForce = new PlanInForce(inForce, 0.001) });
        var kept = Planner.Plan(problem with { InForce = new PlanInForce(inForce, 100) });

        Assert.True(moved.Plan!.Cost.TotalPerHour < kept.Plan!.Cost.TotalPerHour);
        Assert.Equal(0, kept.MovesPerHour);
        Assert.True(moved.MovesPerHour > 0);
    }
}
