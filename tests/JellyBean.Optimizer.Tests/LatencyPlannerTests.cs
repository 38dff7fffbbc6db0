using JellyBean.Optimizer.Tests.Families;
using JellyBean.Planning;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Tests.Cases;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Optimizer.Tests;

public sealed class LatencyPlannerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Fleet_that_must_be_quick_has_a_plan_that_holds_and_a_bound_below_it(int seed)
    {
        var free = new Fleet(60, 8, 6, 3).Problem(seed);
        var problem = LatencyAllowanceTests.Quick(free, 0.4) with { Options = free.Options with { TimeLimit = TimeSpan.FromSeconds(6) } };

        var result = Planner.Plan(problem);

        Assert.Empty(PlanCheck.Violations(result.Plan!, problem));
        Assert.InRange(result.BoundPerHour, Planner.Plan(free).BoundPerHour * (1 - 1e-9), result.Plan!.Cost.TotalPerHour);
        Assert.Equal(1 - (result.BoundPerHour / result.Plan.Cost.TotalPerHour), result.Gap, 6);
    }

    [Fact]
    public void Objective_that_the_cheapest_plan_meets_costs_nothing_and_is_proven()
    {
        var free = new Fleet(60, 8, 6, 3).Problem(1);

        var result = Planner.Plan(LatencyAllowanceTests.Quick(free, 1.01));

        Assert.Equal(PlanningStatus.Optimal, result.Status);
        Assert.Equal(Planner.Plan(free).Plan!.Cost.TotalPerHour, result.Plan!.Cost.TotalPerHour, 9);
    }

    [Fact]
    public void Burstier_arrivals_cost_no_less()
    {
        var problem = Tracking.Problem with
        {
            Objectives = Tracking.ObjectivesOf(new Objectives { P99 = TimeSpan.FromMilliseconds(300) }),
            Options = new PlanningOptions { TimeLimit = TimeSpan.FromMinutes(5), Burstiness = 1 },
        };

        var costs = new[] { 1.0, 2, 4 }.Select(b => Planner.Plan(problem with { Options = problem.Options with { Burstiness = b } }).Plan?.Cost.TotalPerHour ?? double.PositiveInfinity).ToList();

        Assert.Equal(costs.Order(), costs);
        Assert.True(costs[^1] > costs[0]);
    }
}
