using JellyBean.Runtime.Tests.Transitions.Faults;

namespace JellyBean.Runtime.Tests.Transitions;

/// <summary>Whatever fails in the middle of a transition, and whenever: one plan is in force in the end, every element is written once, and nothing is left over.</summary>
public sealed class FaultWalkTests
{
    [Fact]
    public void Any_fault_at_any_step_of_a_proposed_plan_leaves_the_old_epoch_or_a_new_one_in_force() =>
        Holds(new Scenario("proposed", Elements: 2), 1, 2);

    [Fact]
    public void Any_fault_at_any_step_while_a_node_leaves_leaves_one_epoch_in_force() =>
        Holds(new Scenario("leaving", Elements: 1) { IsLeaving = true }, 2, 3);

    [Fact]
    public void Any_fault_at_any_step_of_a_command_whose_plan_cannot_be_loaded_leaves_what_was_in_force() =>
        Holds(new Scenario("drained, damaged", Elements: 1) { IsDrained = true, IsDamaged = true }, 1);

    [Fact]
    public void Any_fault_at_any_step_while_another_plan_is_proposed_leaves_one_in_force_and_the_latest_without_faults() =>
        Holds(new Scenario("proposed back", Elements: 1) { IsProposedBack = true }, 1, 2, 3);

    private static void Holds(Scenario scenario, params long[] outcomes)
    {
        var walk = FaultWalk.Through(scenario);

        Assert.True(walk.Wrong == 0, string.Join("\n\n", walk.Violations));
        Assert.True(walk is { Cases: > 500, Ends: > 0 }, $"{walk.Cases} cases, {walk.Ends} ends");
        Assert.Superset(outcomes.ToHashSet(), walk.Outcomes.ToHashSet());
    }
}
