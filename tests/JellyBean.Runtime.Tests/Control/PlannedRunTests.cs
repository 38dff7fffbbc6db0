using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using static JellyBean.Runtime.Tests.Control.PlannedWalk;
using Deploy = JellyBean.Runtime.Control.Protocol.Deploy;

namespace JellyBean.Runtime.Tests.Control;

/// <summary>Runs whose plans the cluster makes: they survive nodes and coordinators.</summary>
public sealed class PlannedRunTests
{
    private static readonly WorkerId A = new("a");
    private static readonly WorkerId B = new("b");
    private static readonly WorkerId C = new("c");

    [Fact]
    public void Wanted_is_planned_for_the_nodes_that_are_there_recorded_and_only_then_deployed()
    {
        var walk = With(A, B);

        var asked = walk.Do(new RunEvent.Wanted("run"));
        var planned = walk.Do(walk.Answer(PlanOf(A, B)));
        var recorded = walk.Do(new RunEvent.Recorded());

        var request = asked.OfType<RunEffect.MakePlan>().Single().Request;
        Assert.Equal([A, B], request.Members.Select(m => m.Worker));
        Assert.True(request.IsFirst);
        Assert.Equal("run", asked.OfType<RunEffect.Record>().Single().What.RunId);
        Assert.Empty(planned.OfType<RunEffect.Send>());
        Assert.Equal((1L, "run"), planned.OfType<RunEffect.Record>().Select(r => (r.What.Epoch, r.What.RunId)).Single());
        Assert.All(recorded.OfType<RunEffect.Send>(), s => Assert.Equal(1, Assert.IsType<Deploy>(s.Message).Epoch));
    }

    [Fact]
    public void Wanted_no_plan_fits_says_why_and_plans_again_when_a_node_joins()
    {
        var walk = With(A);
        walk.Do(new RunEvent.Wanted("run"));

        var none = walk.Do(new RunEvent.Planned(walk.State.Asked, new ClusterPlan { Reasons = ["There is no edge."] }));
        var joined = walk.Do(new RunEvent.NodeAnnounced(Hello(B)));

        Assert.Contains("There is no edge.", none.OfType<RunEffect.Tell>().Single().What, StringComparison.Ordinal);
        Assert.Equal([A, B], joined.OfType<RunEffect.MakePlan>().Single().Request.Members.Select(m => m.Worker));
    }

    [Fact]
    public void Wanted_before_a_worker_has_joined_is_planned_once_one_has_and_nothing_is_wrong_until_then()
    {
        var walk = With();

        var wanted = walk.Do(new RunEvent.Wanted("run"));
        var problem = walk.State.Run!.Problem;
        var joined = walk.Do(new RunEvent.NodeAnnounced(Hello(A)), TimeSpan.FromSeconds(1));

        Assert.Empty(wanted.OfType<RunEffect.MakePlan>());
        Assert.Null(problem);
        Assert.EndsWith("No worker has joined yet: it is planned once one has.", walk.State.Run!.History[^1], StringComparison.Ordinal);
        Assert.Equal(A, Assert.Single(joined.OfType<RunEffect.MakePlan>().Single().Request.Members).Worker);
    }

    [Fact]
    public void Wanted_and_no_worker_joins_says_so_after_a_while_and_goes_on_by_itself_when_one_does()
    {
        var walk = With();
        walk.Do(new RunEvent.Wanted("run"));

        walk.Do(new RunEvent.Tick(), Rules.PlanAgainAfter);
        var problem = walk.State.Run!.Problem;
        var again = walk.Do(new RunEvent.Tick(), Rules.PlanAgainAfter);
        var joined = walk.Do(new RunEvent.NodeAnnounced(Hello(A)));

        Assert.StartsWith("No worker has joined. It is planned and runs by itself once one has", problem, StringComparison.Ordinal);
        Assert.Empty(again);
        Assert.Single(joined.OfType<RunEffect.MakePlan>());
    }

    [Fact]
    public void Lost_node_another_plan_takes_the_place_under_a_later_epoch()
    {
        var walk = Running(A, B, C);

        var lost = walk.Do(new RunEvent.NodeLost(B));
        walk.Do(walk.Answer(PlanOf(A)));
        var deployed = walk.Do(new RunEvent.Recorded());

        Assert.Equal([A, C], lost.OfType<RunEffect.MakePlan>().Single().Request.Members.Select(m => m.Worker));
        Assert.Contains("'b' was lost", lost.OfType<RunEffect.Tell>().Single().What, StringComparison.Ordinal);
        var sent = deployed.OfType<RunEffect.Send>().ToLookup(s => s.Worker, s => s.Message);
        Assert.Equal(2, Assert.IsType<Deploy>(sent[A].Single()).Epoch);
        Assert.Equal(new Stop(1), sent[C].Single());
        Assert.Empty(sent[B]);
    }

    [Fact]
    public void Lost_node_no_plan_fits_what_is_left_is_stopped_and_it_waits()
    {
        var walk = Running(A, B);
        walk.Do(new RunEvent.NodeLost(B));

        var effects = walk.Do(new RunEvent.Planned(walk.State.Asked, new ClusterPlan { Reasons = ["b is needed."] }));

        Assert.Equal([(A, new Stop(1))], effects.OfType<RunEffect.Send>().Select(s => (s.Worker, (Stop)s.Message)));
        Assert.Equal(RunPhase.Planning, walk.State.Phase);
        Assert.Contains("b is needed.", walk.State.Run!.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Joined_node_is_planned_with_while_the_plan_in_force_goes_on_and_only_a_better_plan_takes_its_place()
    {
        var better = Running(A, B);
        var same = Running(A, B);
        var cheap = PlanOf(A, C) with { Cost = new PlanCost { ComputePerHour = -1, NetworkPerHour = 0 } };

        var asked = better.Do(new RunEvent.NodeAnnounced(Hello(C)));
        var prepared = better.Do(better.Answer(cheap));
        same.Do(new RunEvent.NodeAnnounced(Hello(C)));
        var left = same.Do(same.Answer(PlanOf(A, C)));

        Assert.Single(asked.OfType<RunEffect.MakePlan>());
        Assert.Equal([A, B, C], prepared.OfType<RunEffect.Send>().Where(s => s.Message is Deploy { Former.Length: > 0 }).Select(s => s.Worker));
        Assert.Empty(left);
        Assert.Equal(RunPhase.Running, better.State.Phase);
    }

    [Fact]
    public void Leaving_node_hands_over_while_elements_flow_and_is_let_go()
    {
        var walk = Running(A, B);

        var leaving = walk.Do(new RunEvent.NodeLeaving(B));
        walk.Do(walk.Answer(PlanOf(A)));
        walk.TakePlace(2, A, B);
        var effects = walk.Do(new RunEvent.Recorded());

        Assert.Equal([A], leaving.OfType<RunEffect.MakePlan>().Single().Request.Members.Select(m => m.Worker));
        Assert.Contains(effects.OfType<RunEffect.Send>(), s => s.Worker == B && s.Message is Stop { Epoch: 2 });
        Assert.Equal((RunPhase.Running, 2L), (walk.State.Phase, walk.State.Run!.Epoch));
    }

    [Fact]
    public void Leaving_node_cannot_hand_over_goes_on_from_the_last_snapshot()
    {
        var walk = Running(A, B);
        walk.Do(new RunEvent.NodeLeaving(B));
        walk.Do(walk.Answer(PlanOf(A)));

        walk.Do(new RunEvent.NodeDeployFailed(A, 2, "A transactional sink cannot move.") { IsPossibleFromSnapshot = true });
        var deployed = walk.Do(new RunEvent.Recorded());

        Assert.Equal(new Stop(2), deployed.OfType<RunEffect.Send>().Single(s => s.Worker == B).Message);
        Assert.Equal((3L, ""), deployed.OfType<RunEffect.Send>().Select(s => s.Message).OfType<Deploy>().Select(d => (d.Epoch, d.Former)).Single());
    }

    [Fact]
    public void Leaving_node_whose_part_nobody_can_load_runs_on_and_another_plan_is_looked_for_again()
    {
        var walk = Running(A, B);
        walk.Do(new RunEvent.NodeLeaving(B));
        List<RunEffect> effects = [];
        for (var epoch = 2; epoch < 12; epoch++)
        {
            walk.Do(new RunEvent.NodeReported(A, Fragment(A, 1)));
            walk.Do(new RunEvent.NodeReported(B, Fragment(B, 1)));
            walk.Do(walk.Answer(PlanOf(A)));
            effects.AddRange(walk.Do(new RunEvent.NodeDeployFailed(A, epoch, "The model is damaged.")));
            Assert.Equal((RunPhase.Running, 1L), (walk.State.Phase, walk.State.Run!.Epoch));
            Assert.Empty(walk.Do(new RunEvent.Tick()).OfType<RunEffect.MakePlan>());

            // It waits for something, and is told for what and how long.
            var later = Assert.IsType<LeaveLater>(Assert.IsType<RunEffect.Send>(Assert.Single(walk.Do(new RunEvent.NodeLeaving(B)))).Message);
            Assert.Matches("could not be prepared elsewhere, .* every 10 s; .*The model is damaged.", later.Reason);
            var waited = (epoch - 2) * Rules.PlanAgainAfter;
            Assert.Equal(waited < Rules.Options.DrainDeadline ? Rules.Options.DrainDeadline - waited : TimeSpan.Zero, later.AtMost);
            Assert.Single(walk.Do(new RunEvent.Tick(), Rules.PlanAgainAfter).OfType<RunEffect.MakePlan>());
        }

        walk.Do(walk.Answer(PlanOf(A)));
        walk.TakePlace(12, A, B);
        walk.Do(new RunEvent.Recorded());

        Assert.DoesNotContain(effects, e => e is RunEffect.Send { Message: Stop });
        Assert.Contains("The model is damaged.", effects.OfType<RunEffect.Tell>().First().What, StringComparison.Ordinal);
        Assert.Equal((RunPhase.Running, 12L), (walk.State.Phase, walk.State.Run!.Epoch));
    }

    [Fact]
    public void Proposed_plan_takes_place_prepared_then_recorded_then_taken_over()
    {
        var walk = Running(A, B);

        var prepared = walk.Do(new RunEvent.Proposed(PlanOf(A), "It is cheaper."));
        var half = walk.Do(new RunEvent.NodeDeployed(A, 2));
        var cut = walk.Do(new RunEvent.NodeDeployed(B, 2));
        var recorded = walk.Do(new RunEvent.Recorded());
        walk.Do(new RunEvent.NodeTakenOver(B, 2));
        var committed = walk.Do(new RunEvent.NodeTakenOver(A, 2));

        Assert.Equal([A, B], prepared.OfType<RunEffect.Send>().Where(s => s.Message is Deploy { Epoch: 2, Former.Length: > 0 }).Select(s => s.Worker));
        Assert.Empty(half);
        Assert.Equal((2L, true), cut.OfType<RunEffect.Record>().Select(r => (r.What.Epoch, r.What.Former.Length > 0)).Single());
        Assert.Empty(cut.OfType<RunEffect.Send>());
        Assert.Equal([A, B], recorded.OfType<RunEffect.Send>().Where(s => s.Message is TakeOver { Epoch: 2 }).Select(s => s.Worker));
        Assert.Equal("", committed.OfType<RunEffect.Record>().Single().What.Former);
        Assert.Equal((RunPhase.Running, 2L), (walk.State.Phase, walk.State.Run!.Epoch));
    }

    [Fact]
    public void Proposed_plan_could_not_be_prepared_leaves_the_one_in_force()
    {
        var walk = Running(A, B);
        walk.Do(new RunEvent.Proposed(PlanOf(A), "It is cheaper."));

        var failed = walk.Do(new RunEvent.NodeDeployFailed(A, 2, "The model is damaged."));

        Assert.Contains("The model is damaged.", failed.OfType<RunEffect.Tell>().Single().What, StringComparison.Ordinal);
        Assert.Equal([A, B], failed.OfType<RunEffect.Send>().Where(s => s.Message is Abandon { Epoch: 2 }).Select(s => s.Worker));
        Assert.Equal((RunPhase.Running, 1L, null), (walk.State.Phase, walk.State.Run!.Epoch, walk.State.Run.Transition));
    }

    [Fact]
    public void Proposed_plan_that_moves_a_transactional_sink_goes_on_from_the_last_snapshot_without_being_prepared()
    {
        var walk = With(A, B);
        walk.Do(new RunEvent.Wanted("run"));
        walk.Do(walk.Answer(OutputOn(B)));
        walk.Do(new RunEvent.Recorded());
        walk.Do(new RunEvent.NodeDeployed(A, 1));
        walk.Do(new RunEvent.NodeDeployed(B, 1) { Staying = [new OperatorId("out")] });

        var stays = walk.Copy().Do(new RunEvent.Proposed(OutputOn(B), "It is cheaper."));
        var moves = walk.Do(new RunEvent.Proposed(OutputOn(A), "It is cheaper."));
        var deployed = walk.Do(new RunEvent.Recorded());

        Assert.Equal(2, stays.OfType<RunEffect.Send>().Count(s => s.Message is Deploy { Former.Length: > 0 }));
        Assert.Empty(moves.OfType<RunEffect.Send>());
        Assert.Contains(walk.State.Run!.History, line => line.Contains("transactional sinks that would move between two snapshots: out", StringComparison.Ordinal));
        Assert.All(deployed.OfType<RunEffect.Send>().Select(s => s.Message).OfType<Deploy>(), d => Assert.Equal((2L, ""), (d.Epoch, d.Former)));

        static Plan OutputOn(WorkerId worker) => PlanOf(A, B) with
        {
            Placements = [.. PlanOf(A, B).Placements, new Placement { Operator = new OperatorId("out"), Instances = [new Instance { Worker = worker }] }],
        };
    }

    [Fact]
    public void Proposed_while_another_takes_place_the_latest_comes_next()
    {
        var walk = Running(A, B);
        walk.Do(new RunEvent.Proposed(PlanOf(A), "It is cheaper."));
        walk.Do(new RunEvent.Proposed(PlanOf(B), "It is cheaper still."));
        walk.Do(new RunEvent.Proposed(PlanOf(A, B), "The rate has risen."));

        walk.TakePlace(2, A, B);

        Assert.Equal((3L, "The rate has risen."), (walk.State.Run!.Transition!.Epoch, walk.State.Run.Transition.Reason));
    }

    [Fact]
    public void Lost_node_behind_the_cut_is_a_crash_and_before_it_the_plan_in_force_goes_on()
    {
        var before = Running(A, B);
        before.Do(new RunEvent.NodeAnnounced(Hello(C)));
        before.Do(new RunEvent.Proposed(PlanOf(A, C), "It is cheaper."));
        var behind = Running(A, B);
        behind.Do(new RunEvent.Proposed(PlanOf(A), "It is cheaper."));
        behind.Do(new RunEvent.NodeDeployed(A, 2));
        behind.Do(new RunEvent.NodeDeployed(B, 2));
        behind.Do(new RunEvent.Recorded());

        before.Do(new RunEvent.NodeLost(C));
        behind.Do(new RunEvent.NodeLost(B));

        Assert.Equal((RunPhase.Running, 1L), (before.State.Phase, before.State.Run!.Epoch));
        Assert.Equal(RunPhase.Planning, behind.State.Phase);
    }

    [Fact]
    public void Began_with_a_cut_that_was_recorded_goes_forward()
    {
        var first = Running(A, B);
        first.Do(new RunEvent.Proposed(PlanOf(A), "It is cheaper."));
        first.Do(new RunEvent.NodeDeployed(A, 2));
        first.Do(new RunEvent.NodeDeployed(B, 2));
        var next = new PlannedWalk(Rules);

        next.Do(new RunEvent.Began(2, first.LastRecord));
        var hello = next.Do(new RunEvent.NodeAnnounced(Hello(A) with { LastEpoch = 2, RunningEpoch = 1 }));
        next.Do(new RunEvent.NodeAnnounced(Hello(B) with { LastEpoch = 2, RunningEpoch = 2 }));
        var asked = next.Do(new RunEvent.Tick(), after: TimeSpan.FromSeconds(1));
        next.Do(new RunEvent.NodeTakenOver(A, 2));
        next.Do(new RunEvent.NodeTakenOver(B, 2));

        Assert.Equal(new Welcome(2), Assert.IsType<RunEffect.Reply>(Assert.Single(hello)).Message);
        Assert.Equal([A, B], asked.OfType<RunEffect.Send>().Where(s => s.Message is TakeOver { Epoch: 2 }).Select(s => s.Worker));
        Assert.Equal((RunPhase.Running, 2L), (next.State.Phase, next.State.Run!.Epoch));
    }

    [Fact]
    public void Proposed_plan_that_cannot_be_carried_out_changes_nothing_and_says_why()
    {
        var walk = Running(A, B);

        var proposed = walk.Do(new RunEvent.Proposed(PlanOf(A, C), "It is cheaper."));

        Assert.Contains("not there or are leaving: c", Assert.IsType<RunEffect.Tell>(Assert.Single(proposed)).What, StringComparison.Ordinal);
        Assert.Equal((RunPhase.Running, 1L), (walk.State.Phase, walk.State.Run!.Epoch));
    }

    [Fact]
    public void Failed_fragment_is_tried_again_but_not_for_ever()
    {
        var walk = Running(A, B);
        for (var failure = 0; failure < Rules.MostFailures; failure++)
        {
            walk.Do(new RunEvent.NodeFailed(B, walk.State.Run!.Epoch, "It broke."));
            Assert.Equal(RunPhase.Planning, walk.State.Phase);
            walk.Deploy(PlanOf(A, B));
        }

        walk.Do(new RunEvent.NodeFailed(B, walk.State.Run!.Epoch, "It broke."));

        Assert.Equal(RunPhase.Stopping, walk.State.Phase);
        Assert.Contains("failure 4", walk.State.Run!.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Began_with_a_recorded_plan_continues_its_epoch_where_it_was()
    {
        var first = Running(A, B);
        var next = new PlannedWalk(Rules);

        next.Do(new RunEvent.Began(2, first.LastRecord));
        var hello = next.Do(new RunEvent.NodeAnnounced(Hello(A) with { LastEpoch = 1, RunningEpoch = 1 }));
        next.Do(new RunEvent.NodeAnnounced(Hello(B) with { LastEpoch = 1, RunningEpoch = 1 }));
        next.Do(new RunEvent.NodeDeployed(A, 1));
        next.Do(new RunEvent.NodeDeployed(B, 1));

        Assert.Equal(new Welcome(2), Assert.IsType<RunEffect.Reply>(Assert.Single(hello)).Message);
        Assert.Equal((RunPhase.Running, 1L, "run"), (next.State.Phase, next.State.Run!.Epoch, next.State.Run.Id));
    }

    [Fact]
    public void Began_with_a_run_that_has_ended_begins_it_no_more()
    {
        var first = Running(A);
        first.Do(new RunEvent.NodeCompleted(A, Fragment(A, 1)));
        Assert.Equal(RunPhase.Stopping, first.State.Phase);
        var next = new PlannedWalk(Rules);

        next.Do(new RunEvent.Began(2, first.LastRecord));
        var effects = next.Do(new RunEvent.Wanted("run"));

        Assert.Empty(effects);
        Assert.Equal("run", next.State.Ended?.Id);
    }

    [Fact]
    public void Began_nodes_do_not_come_back_plans_without_them()
    {
        var next = new PlannedWalk(Rules);
        next.Do(new RunEvent.Began(2, Running(A, B).LastRecord));
        next.Do(new RunEvent.NodeAnnounced(Hello(A) with { LastEpoch = 1, RunningEpoch = 1 }));

        var effects = next.Do(new RunEvent.Tick(), after: Options.JoinDeadline);

        Assert.Equal([A], effects.OfType<RunEffect.MakePlan>().Single().Request.Members.Select(m => m.Worker));
    }

    /// <summary>Whatever sequence of events: nothing is deployed that is not recorded, epochs only grow, a run ends at most once, and a drain ends it.</summary>
    [Fact]
    public void Every_sequence_of_events_keeps_what_must_hold()
    {
        var begun = With(A, B);
        begun.Do(new RunEvent.Wanted("run"));
        var level = new Dictionary<string, PlannedWalk> { [begun.Key] = begun };
        var seen = new HashSet<string>(level.Keys);
        var phases = new HashSet<RunPhase>();
        while (level.Count > 0 && seen.Count < 12_000)
        {
            var next = new Dictionary<string, PlannedWalk>();
            foreach (var walk in level.Values)
            {
                phases.Add(walk.State.Phase);
                EndsWhenDrained(walk.Copy());
                foreach (var occurred in Events(walk.State))
                {
                    var then = walk.Copy();
                    then.Do(occurred, after: TimeSpan.FromMilliseconds(10));
                    Assert.InRange(then.Ends, 0, 1);
                    Assert.Equal(then.State.Phase == RunPhase.Idle, then.State.Run is null);
                    Assert.True(then.State.LastEpoch >= walk.State.LastEpoch);
                    if (then.State.Run is not null && seen.Add(then.Key))
                    {
                        next[then.Key] = then;
                    }
                }
            }

            level = next;
        }

        Assert.Equal([RunPhase.Planning, RunPhase.Recording, RunPhase.Deploying, RunPhase.Running, RunPhase.Moving, RunPhase.Draining, RunPhase.Stopping], phases.Order());
    }

    private static IEnumerable<RunEvent> Events(RunState state)
    {
        var epoch = state.Run?.Epoch ?? 0;
        return
        [
            new RunEvent.NodeAnnounced(Hello(B)),
            new RunEvent.NodeLost(B),
            new RunEvent.NodeLeaving(A),
            new RunEvent.Planned(state.Asked, new ClusterPlan { Plan = PlanOf(A, B) }),
            new RunEvent.Planned(state.Asked, new ClusterPlan { Plan = PlanOf(A), Shortfalls = ["less"] }),
            new RunEvent.Planned(state.Asked, new ClusterPlan { Reasons = ["no"] }),
            new RunEvent.Planned(state.Asked - 1, new ClusterPlan { Plan = PlanOf(A) }),
            new RunEvent.Recorded(),
            new RunEvent.DrainRequested(),
            new RunEvent.Proposed(PlanOf(A), "It is cheaper."),
            new RunEvent.NodeDeployed(A, epoch),
            new RunEvent.NodeDeployed(B, epoch),
            new RunEvent.NodeDeployed(B, epoch - 1),
            new RunEvent.NodeDeployFailed(B, epoch, "no"),
            new RunEvent.NodeReported(A, Fragment(A, epoch)),
            new RunEvent.NodeCompleted(A, Fragment(A, epoch)),
            new RunEvent.NodeCompleted(B, Fragment(B, epoch)),
            new RunEvent.NodeFailed(B, epoch, "broken"),
            new RunEvent.NodeStopped(A, epoch),
            new RunEvent.NodeStopped(B, epoch),
            new RunEvent.NodeDeployed(A, state.Run?.Transition?.Epoch ?? 0),
            new RunEvent.NodeDeployed(B, state.Run?.Transition?.Epoch ?? 0),
            new RunEvent.NodeDeployFailed(A, state.Run?.Transition?.Epoch ?? 0, "no"),
            new RunEvent.NodeTakenOver(A, state.Run?.Transition?.Epoch ?? 0),
            new RunEvent.NodeTakenOver(B, state.Run?.Transition?.Epoch ?? 0),
            new RunEvent.Tick(),
        ];
    }

    private static void EndsWhenDrained(PlannedWalk walk)
    {
        walk.Do(new RunEvent.DrainRequested());
        foreach (var wait in new[] { Options.DrainDeadline, Options.StopDeadline, Options.StopDeadline })
        {
            walk.Do(new RunEvent.Tick(), after: wait);
        }

        Assert.Equal((RunPhase.Idle, 1), (walk.State.Phase, walk.Ends));
    }

    [Fact]
    public void Ended_run_still_says_what_its_plan_did_without_and_what_became_of_it()
    {
        var walk = Running(["Only half of it fits."], A);

        walk.Do(new RunEvent.NodeCompleted(A, Fragment(A, 1)));
        walk.Do(new RunEvent.NodeStopped(A, 1));

        Assert.Equal(RunPhase.Idle, walk.State.Phase);
        Assert.Equal("Only half of it fits.", Assert.Single(walk.State.Ended!.Shortfalls));
        Assert.Contains(walk.State.Ended.History, line => line.Contains("Epoch 1 is in force", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_that_is_ended_before_its_first_plan_has_ended_without_one()
    {
        var walk = With(A);
        walk.Do(new RunEvent.Wanted("run"));

        walk.Do(new RunEvent.DrainRequested());

        Assert.Equal((RunPhase.Idle, 0L, TimeSpan.Zero), (walk.State.Phase, walk.State.Ended!.Report!.Epoch, walk.State.Ended.Report.Elapsed));
    }

    [Fact]
    public void Run_that_fails_before_anything_is_heard_of_its_last_plan_still_says_what_was_done()
    {
        FragmentReport Read(WorkerId worker, bool isLive) =>
            Fragment(worker, 1) with { Sources = [new SourceReport(new($"cameras/{worker}"), 900, 0, false, null, 0, 0) { IsLive = isLive }] };

        var walk = Running(A, B);
        walk.Do(new RunEvent.NodeReported(A, Read(A, isLive: false)));
        walk.Do(new RunEvent.NodeReported(B, Read(B, isLive: true)));
        for (var failure = 0; failure <= Rules.MostFailures; failure++)
        {
            walk.Do(new RunEvent.NodeFailed(B, walk.State.Run!.Epoch, "It broke."));
            if (walk.State.Phase == RunPhase.Planning)
            {
                walk.Deploy(PlanOf(A, B));
            }
        }

        walk.Do(new RunEvent.NodeStopped(A, walk.State.Run!.Epoch));
        walk.Do(new RunEvent.NodeStopped(B, walk.State.Run!.Epoch));

        Assert.NotNull(walk.State.Ended!.Failure);
        Assert.Equal([900L, 900L], walk.State.Ended.Report!.Sources.Select(s => s.Offered));
    }

    [Fact]
    public void Failed_run_still_says_why_when_it_has_ended()
    {
        var walk = Running(A);

        walk.Do(new RunEvent.AbortRequested("The hall is on fire."));
        walk.Do(new RunEvent.NodeStopped(A, 1));

        Assert.Equal(RunPhase.Idle, walk.State.Phase);
        Assert.Contains("The hall is on fire.", walk.State.Ended!.Failure, StringComparison.Ordinal);
        Assert.EndsWith($"The run has failed. {walk.State.Ended.Failure}", walk.State.Ended.History[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Node_that_was_cut_off_lets_go_of_its_epoch_what_its_sources_did_meanwhile_is_told()
    {
        var walk = Running(A, B);
        walk.Do(new RunEvent.NodeLost(B));
        walk.Deploy(PlanOf(A), []);

        var told = walk.Do(new RunEvent.NodeReported(B, Fragment(B, 1) with { Sources = [new SourceReport(new("cameras/left"), 900, 300, false, null, 0, 0)] }));

        Assert.Contains("Node 'b' has let go of epoch 1: 'cameras/left' had given 900 elements, 300 of them dropped.", told.OfType<RunEffect.Tell>().Single().What, StringComparison.Ordinal);
        Assert.Contains("900 elements", walk.State.Run!.History[^1], StringComparison.Ordinal);
        Assert.Equal(2, walk.State.Run.Epoch);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Node_that_was_cut_off_lets_go_what_its_live_source_had_offered_alone_is_a_gap_and_is_written_down(bool isBackBeforeAnotherPlanRuns)
    {
        var walk = Running(A, B);
        walk.Do(new RunEvent.NodeReported(A, Fragment(A, 1) with { Outputs = [new OutputReport(new("tracks"), 40, 0, Distribution.Empty, [new SettledSource(new("cameras/left"), 39)])] }));
        walk.Do(new RunEvent.NodeReported(B, Live(45)));
        walk.Do(new RunEvent.NodeLost(B));
        if (isBackBeforeAnotherPlanRuns)
        {
            walk.Do(new RunEvent.NodeReported(B, Live(900)));
        }

        walk.Deploy(PlanOf(A), []);
        var known = walk.State.Run!.Losses.Known;
        walk.Do(new RunEvent.NodeReported(B, Live(900)));

        Assert.Equal(isBackBeforeAnotherPlanRuns ? 899 : 44, Assert.Single(known).Numbers.Last);
        Assert.Equal(new NumberRange(40, 899), Assert.Single(walk.State.Run.Losses.Known).Numbers);
        Assert.Equal(walk.State.Run.Losses, walk.LastRecord.Losses);
        Assert.Equal((900L, 40L, 860L), Assert.Single(walk.State.Run.Report(default).Sources) is var source ? (source.Offered, source.Processed, source.Lost) : default);

        FragmentReport Live(long offered) => Fragment(B, 1) with { Sources = [new SourceReport(new("cameras/left"), offered, 0, false, null, 0, 0) { IsLive = true }] };
    }
}
