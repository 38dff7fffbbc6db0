using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Protocol;
using static JellyBean.Runtime.Tests.Control.PlannedWalk;

namespace JellyBean.Runtime.Tests.Control;

/// <summary>Nodes that were told to end while nobody can do their part.</summary>
public sealed class LeavingTests
{
    private static readonly WorkerId A = new("a");
    private static readonly WorkerId B = new("b");
    private static readonly WorkerId C = new("c");
    private static readonly TimeSpan Planning = TimeSpan.FromSeconds(1);
    private static readonly RunRules Safe = Rules with { Options = Options with { Snapshots = new SnapshotOptions { Folder = "unused" } } };

    [Fact]
    public void Leaving_node_without_which_no_plan_fits_is_told_so_runs_on_and_ends_behind_a_last_snapshot()
    {
        var walk = Running();
        walk.Do(new RunEvent.NodeLeaving(B));

        var none = walk.Do(NoPlan(walk), after: Planning);
        var again = walk.Do(new RunEvent.NodeLeaving(B));
        Assert.Empty(walk.Do(new RunEvent.Tick()));
        var due = walk.Do(new RunEvent.Tick(), after: Options.LeaveDeadline - Planning);
        var planned = walk.Do(new RunEvent.Secured());
        var stopped = walk.Do(NoPlan(walk));

        Assert.Matches("Node 'b' is leaving. No plan fits without it: b has the camera. .* 10 s more", Assert.IsType<RunEffect.Tell>(Assert.Single(none)).What);
        var later = Assert.IsType<LeaveLater>(Assert.IsType<RunEffect.Send>(Assert.Single(again)).Message);
        Assert.Contains("b has the camera.", later.Reason, StringComparison.Ordinal);
        Assert.Equal(Options.LeaveDeadline + Options.StopDeadline - Planning, later.AtMost);
        Assert.Single(due.OfType<RunEffect.WantLastSnapshot>());
        Assert.Empty(due.OfType<RunEffect.Send>());
        Assert.Equal([A], planned.OfType<RunEffect.MakePlan>().Single().Request.Members.Select(m => m.Worker));
        Assert.Equal([(A, new Stop(1)), (B, new Stop(1))], stopped.OfType<RunEffect.Send>().Select(s => (s.Worker, (Stop)s.Message)));
        Assert.Equal(RunPhase.Planning, walk.State.Phase);
    }

    [Fact]
    public void Leaving_node_that_is_gone_has_left_and_one_that_is_gone_without_a_word_was_lost()
    {
        var (ordered, crashed) = (Running(), Running());

        ordered.Do(new RunEvent.NodeLeaving(B));
        ordered.Do(NoPlan(ordered));
        ordered.Do(new RunEvent.NodeLost(B));
        crashed.Do(new RunEvent.NodeLost(B));

        Assert.Contains("Node 'b' has left. Another plan", ordered.State.Run!.History[^1], StringComparison.Ordinal);
        Assert.Contains("Node 'b' was lost. Another plan", crashed.State.Run!.History[^1], StringComparison.Ordinal);
        Assert.Equal((true, false), (ordered.State.Nodes[B].IsLeaving, crashed.State.Nodes[B].IsLeaving));
    }

    [Fact]
    public void Leaving_node_without_which_no_plan_fits_moves_if_another_one_joins_in_time()
    {
        var walk = Running();
        walk.Do(new RunEvent.NodeLeaving(B));
        walk.Do(NoPlan(walk), after: Planning);

        var joined = walk.Do(new RunEvent.NodeAnnounced(Hello(C)));
        walk.Do(walk.Answer(PlanOf(A, C)), after: Options.LeaveDeadline - Planning);
        walk.TakePlace(2, A, B, C);
        var effects = walk.Do(new RunEvent.Recorded());

        Assert.Equal([A, C], joined.OfType<RunEffect.MakePlan>().Single().Request.Members.Select(m => m.Worker));
        Assert.Equal(new Stop(2), effects.OfType<RunEffect.Send>().Single(s => s.Worker == B).Message);
        Assert.Empty(walk.Do(new RunEvent.Tick()).OfType<RunEffect.WantLastSnapshot>());
        Assert.Equal((RunPhase.Running, 2L), (walk.State.Phase, walk.State.Run!.Epoch));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Leaving_nodes_are_all_there_are_they_end_behind_a_last_snapshot_or_without_it_and_the_run_goes_on_when_one_comes(bool isSnapshotStuck)
    {
        var walk = Running();

        walk.Do(new RunEvent.NodeLeaving(A));
        walk.Do(new RunEvent.NodeLeaving(B));
        var closing = walk.Do(new RunEvent.Tick());
        var late = walk.Do(NoPlan(walk));
        var stopped = isSnapshotStuck ? walk.Do(new RunEvent.Tick(), after: Options.StopDeadline) : walk.Do(new RunEvent.Secured());
        var again = walk.Do(new RunEvent.NodeLeaving(A));
        var joined = walk.Do(new RunEvent.NodeAnnounced(Hello(C)));

        Assert.Single(closing.OfType<RunEffect.WantLastSnapshot>());
        Assert.Empty(late);
        Assert.Equal([(A, new Stop(1)), (B, new Stop(1))], stopped.OfType<RunEffect.Send>().Select(s => (s.Worker, (Stop)s.Message)));
        Assert.Equal([(A, new Stop(1))], again.OfType<RunEffect.Send>().Select(s => (s.Worker, (Stop)s.Message)));
        Assert.Equal([C], joined.OfType<RunEffect.MakePlan>().Single().Request.Members.Select(m => m.Worker));
        Assert.Equal("run", walk.State.Run!.Id);
    }

    [Fact]
    public void Leaving_coordinator_lets_a_last_snapshot_be_taken_and_what_runs_goes_on()
    {
        var walk = Running();

        walk.Do(new RunEvent.LeadEnds());
        var closing = walk.Do(new RunEvent.Tick());
        var secured = walk.Do(new RunEvent.Secured());
        var soon = walk.Do(new RunEvent.Tick());
        var then = walk.Do(new RunEvent.Tick(), after: Safe.ResendAfter);

        Assert.Single(closing.OfType<RunEffect.WantLastSnapshot>());
        Assert.Empty(secured);
        Assert.Empty(soon.OfType<RunEffect.LetLeadGo>());
        Assert.Single(then.OfType<RunEffect.LetLeadGo>());
        Assert.DoesNotContain(then, e => e is RunEffect.Send { Message: Stop });
        Assert.Equal((RunPhase.Running, 1L), (walk.State.Phase, walk.State.Run!.Epoch));
    }

    [Fact]
    public void Leaving_coordinator_waits_for_nodes_that_leave_with_it()
    {
        var walk = Running();
        walk.Do(new RunEvent.LeadEnds());
        walk.Do(new RunEvent.Tick());

        walk.Do(new RunEvent.NodeLeaving(A));
        walk.Do(new RunEvent.NodeLeaving(B));
        var waits = walk.Do(new RunEvent.Tick(), after: Safe.ResendAfter);
        var stopped = walk.Do(new RunEvent.Secured());
        var then = walk.Do(new RunEvent.Tick());

        Assert.Empty(waits.OfType<RunEffect.LetLeadGo>());
        Assert.Equal([A, B], stopped.OfType<RunEffect.Send>().Where(s => s.Message is Stop).Select(s => s.Worker));
        Assert.Single(then.OfType<RunEffect.LetLeadGo>());
    }

    [Fact]
    public void Leaving_coordinator_of_nothing_goes_at_once()
    {
        var walk = new PlannedWalk(Safe).Join(A);

        walk.Do(new RunEvent.LeadEnds());

        Assert.Single(walk.Do(new RunEvent.Tick()).OfType<RunEffect.LetLeadGo>());
    }

    private static PlannedWalk Running()
    {
        var walk = new PlannedWalk(Safe).Run([], A, B);
        walk.Do(new RunEvent.NodeReported(A, Fragment(A, 1)));
        walk.Do(new RunEvent.NodeReported(B, Fragment(B, 1)));
        return walk;
    }

    private static RunEvent NoPlan(PlannedWalk walk) => new RunEvent.Planned(walk.State.Asked, new ClusterPlan { Reasons = ["b has the camera."] });
}
