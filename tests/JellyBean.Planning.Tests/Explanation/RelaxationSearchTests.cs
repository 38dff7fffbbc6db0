using JellyBean.Planning.Explanation;
using JellyBean.Planning.Tests.Cases;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Planning.Tests.Explanation;

public class RelaxationSearchTests
{
    private static readonly PlanningProblem Asked = Tracking.Problem with
    {
        Objectives = Tracking.ObjectivesOf(new Objectives { Accuracy = new AccuracyFloor("ap50", 0.9), P99 = TimeSpan.FromMilliseconds(100) }),
    };

    [Fact]
    public void Relaxation_of_one_objective_says_how_far_it_must_give()
    {
        // Only the accuracy stands against a plan: 0.8 is measured and can be had.
        var found = RelaxationSearch.Find(Asked, FitsIf(p => FloorOf(p) <= 0.8));

        Assert.Equal("output 'tracks': accuracy ap50 ≥ 0.8 in place of 0.9", Assert.Single(Assert.Single(found).Changes));
    }

    [Fact]
    public void Relaxation_finds_everything_that_alone_is_enough_and_how_little_of_it()
    {
        var found = RelaxationSearch.Find(Asked, FitsIf(p => p.Sources.Sum(s => s.Rate) <= 5 || P99Of(p) >= 150 || p.Catalogue.Workers.Count(w => w.Type.Value == "vm") >= 5));

        Assert.Equal(3, found.Length);
        Assert.Matches("^output 'tracks': p99 ≤ 1[56]\\d ms in place of 100 ms$", found[0].Changes[0]);
        Assert.Matches("^rates × 0\\.(49|5)", found[1].Changes[0]);
        Assert.Equal("3 more of worker type 'vm'", found[2].Changes[0]);
    }

    [Fact]
    public void Relaxation_of_two_together_is_told_only_where_none_alone_is_enough()
    {
        var found = RelaxationSearch.Find(Asked, FitsIf(p => FloorOf(p) <= 0.6 && P99Of(p) >= 200));

        var changes = Assert.Single(found).Changes;
        Assert.Equal(2, changes.Length);
        Assert.Equal("output 'tracks': accuracy ap50 ≥ 0.6 in place of 0.9", changes[0]);
        Assert.Matches("^output 'tracks': p99 ≤ 2\\d\\d ms in place of 100 ms$", changes[1]);
    }

    [Fact]
    public void Relaxation_is_not_looked_for_in_more_things_where_time_ran_out_over_fewer()
    {
        var found = RelaxationSearch.Find(Asked, p => FloorOf(p) <= 0.6 && P99Of(p) >= 200
            ? FitsIf(_ => true)(p)
            : new PlanningResult { Status = PlanningStatus.Unknown, Reasons = ["there was no time"] });

        Assert.Empty(found);
    }

    [Fact]
    public void Relaxation_that_does_not_exist_is_not_made_up() => Assert.Empty(RelaxationSearch.Find(Asked, FitsIf(_ => false)));

    [Fact]
    public void Highest_rates_are_those_at_which_a_plan_still_fits()
    {
        var found = RelaxationSearch.FindRates(Asked, FitsIf(p => p.Sources.Sum(s => s.Rate) <= 4));

        Assert.InRange(found!.Part, 0.396, 0.4);
        Assert.Null(RelaxationSearch.FindRates(Asked, FitsIf(p => FloorOf(p) <= 0.6)));
    }

    private static double FloorOf(PlanningProblem problem) => Objectives(problem).Accuracy!.Least;

    private static double P99Of(PlanningProblem problem) => Objectives(problem).P99!.Value.TotalMilliseconds;

    private static Objectives Objectives(PlanningProblem problem) => problem.ObjectivesOf(problem.Workflow.Operators.OfType<OutputOperator>().Single());

    private static Func<PlanningProblem, PlanningResult> FitsIf(Func<PlanningProblem, bool> fits) => problem => fits(problem)
        ? new PlanningResult { Status = PlanningStatus.Optimal, Plan = HandPlan.Plan }
        : new PlanningResult { Status = PlanningStatus.Infeasible, Reasons = ["so it is"] };
}
