using System.Collections.Immutable;
using CsCheck;
using JellyBean.Optimizer.Tests.Families;
using JellyBean.Planning;
using JellyBean.Planning.Plans;
using Xunit;

namespace JellyBean.Optimizer.Tests;

public sealed class AccuracyGoalTests
{
    [Fact]
    public void Most_accuracy_of_two_outputs_raises_the_least_advanced_first()
    {
        var result = Planner.Plan(TwoAnswers.Problem(budget: double.PositiveInfinity));

        Assert.Equal(PlanningStatus.Optimal, result.Status);
        Assert.Equal([0.9, 90], result.Plan!.Outputs.Select(o => o.Accuracy!.Value));
    }

    [Fact]
    public void Most_accuracy_of_two_outputs_equals_trying_all_assignments() => Gen.Select(Gen.Double[0.05, 2], Gen.Double[1, 40]).Sample(
        (budget, rate) =>
        {
            var problem = TwoAnswers.Problem(budget, rate);
            var result = Planner.Plan(problem);
            var best = TwoAnswers.Best(problem);
            Assert.Equal(best is null ? PlanningStatus.Infeasible : PlanningStatus.Optimal, result.Status);
            Assert.Equal(best?.Values ?? [], result.Plan?.Outputs.Select(o => o.Accuracy!.Value) ?? []);
            Assert.Equal(best?.Cost ?? 0, result.Plan?.Cost.TotalPerHour ?? 0, 6);
            Assert.True(result.Plan is null || PlanCheck.Violations(result.Plan, problem).IsEmpty);
        },
        iter: 20,
        threads: 1);
}
