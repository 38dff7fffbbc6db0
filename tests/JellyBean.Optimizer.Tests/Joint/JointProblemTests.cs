using System.Collections.Immutable;
using CsCheck;
using JellyBean.Optimizer.Tests.Families;
using JellyBean.Planning;
using JellyBean.Planning.Joint;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Tests.Cases;
using JellyBean.Workflows;
using Xunit;

namespace JellyBean.Optimizer.Tests.Joint;

public sealed class JointProblemTests
{
    private static readonly PlanningProblem Answers = TwoAnswers.Problem(double.PositiveInfinity) with
    {
        Catalogue = Tracking.Catalogue,
        Profile = TwoAnswers.Problem(1).Profile with { Machine = Tracking.Profile.Machine },
        Options = Tracking.Problem.Options,
    };

    [Fact]
    public void Joint_plan_gives_each_workflow_a_plan_that_holds()
    {
        var joint = new JointProblem("both", Tracking.Problem, Answers);

        var result = Planner.Plan(joint.Combined);
        var plans = joint.Divide(result.Plan!);

        Assert.Equal(PlanningStatus.Optimal, result.Status);
        Assert.Equal(["tracking", "two-answers"], plans.Select(p => p.Workflow));
        Assert.Empty(PlanCheck.Violations(plans[0], Tracking.Problem));
        Assert.Empty(PlanCheck.Violations(plans[1], Answers));
        Assert.Contains(result.Plan!.Ladder[0].Accuracies, a => a.Output == new OperatorId("two-answers.look-out"));
        Assert.Equal(result.Plan, PlanText.Parse(PlanText.Write(result.Plan)));
    }

    [Fact]
    public void Joint_plan_shares_machines_that_either_alone_would_pay_whole() => Gen.Select(Gen.Double[1, 12], Gen.Double[1, 12]).Sample(
        (tracked, answered) =>
        {
            var (tracking, answers) = (At(Tracking.Problem, tracked), At(Answers, answered));
            var joint = new JointProblem("both", tracking, answers);

            var together = Planner.Plan(joint.Combined);
            var (one, other) = (Planner.Plan(tracking), Planner.Plan(answers));

            var cost = CostOf(together);
            Assert.True(cost >= Math.Max(CostOf(one), CostOf(other)) * (1 - 1e-6));
            if (together.Plan is { } plan)
            {
                Assert.Empty(PlanCheck.Violations(plan, joint.Combined));
                Assert.All(joint.Divide(plan).Zip((PlanningProblem[])[tracking, answers]), p => Assert.Empty(PlanCheck.Violations(p.First, p.Second)));
            }

            // Where the two plans made alone fit side by side, they are a plan for both: one that is no cheaper.
            if (one.Plan is { } a && other.Plan is { } b && a.Workers.Concat(b.Workers).GroupBy(w => w.Worker).All(w => w.Sum(p => p.Utilisation) <= 0.8 && w.Sum(p => p.MemoryBytes) <= 1e9)
                && a.Routes.Concat(b.Routes).Sum(r => r.BytesPerSecond) < 12_500_000)
            {
                Assert.True(cost <= (CostOf(one) + CostOf(other)) * (1 + 1e-6));
            }
        },
        iter: 10,
        threads: 1);

    [Fact]
    public void Joint_plan_check_refuses_two_plans_that_overload_what_they_share()
    {
        var (tracking, answers) = (At(Tracking.Problem, 22), At(Answers, 22));
        var combined = new JointProblem("both", tracking, answers).Combined;
        var edge = new PlanInForce(Planner.PlanOn(tracking, Tier.Edge).Plan!);
        var box = Planner.PlanOn(answers with { Catalogue = Tracking.Catalogue with { Workers = [.. Tracking.Catalogue.Workers.Take(1)] } }, Tier.Edge).Plan!;

        var stacked = new JointProblem("both", tracking with { InForce = edge }, answers with { InForce = new PlanInForce(box) }).Combined.InForce!.Plan;
        var violations = PlanCheck.Violations(stacked, combined);

        Assert.Contains(violations, v => v.Constraint == PlanConstraint.Utilisation && v.Message.Contains("'edge'", StringComparison.Ordinal));
    }

    [Fact]
    public void Joint_problem_moves_only_what_runs_already_at_a_price()
    {
        var inForce = Planner.PlanOn(Tracking.Problem, Tier.Cloud).Plan!;
        var joint = new JointProblem("both", Tracking.Problem with { InForce = new PlanInForce(inForce, 100) }, Answers);

        var result = Planner.Plan(joint.Combined);

        Assert.Equal(0, result.MovesPerHour, 9);
        Assert.Equal(inForce.Placements.Select(p => p.Instances.Select(i => i.Worker)), joint.Divide(result.Plan!)[0].Placements.Select(p => p.Instances.Select(i => i.Worker)));
    }

    [Fact]
    public void Joint_problem_of_what_does_not_go_together_says_all_that_stands_against_it()
    {
        var other = Answers with { Catalogue = TwoAnswers.Problem(1).Catalogue, Options = new PlanningOptions { UtilisationCap = 0.5 }, Profile = TwoAnswers.Problem(1).Profile };

        var fault = Assert.Throws<ArgumentException>(() => new JointProblem("both", Tracking.Problem, other));

        Assert.Contains("Give all the same catalogue", fault.Message, StringComparison.Ordinal);
        Assert.Contains("other planning options", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Measure them on the same", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Joint_problem_of_one_workflow_twice_is_refused() =>
        Assert.Contains("is given twice", Assert.Throws<WorkflowException>(() => new JointProblem("both", Answers, Answers)).Message, StringComparison.Ordinal);

    private static PlanningProblem At(PlanningProblem problem, double rate) => problem with { Sources = [.. problem.Sources.Select(s => s with { Rate = rate / problem.Sources.Length })] };

    private static double CostOf(PlanningResult result) => result.Plan?.Cost.TotalPerHour ?? double.PositiveInfinity;
}
