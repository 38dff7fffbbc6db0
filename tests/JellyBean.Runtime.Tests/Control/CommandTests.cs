using CsCheck;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using static JellyBean.Runtime.Tests.Control.CommandWalk;
using Deploy = JellyBean.Runtime.Control.Protocol.Deploy;

namespace JellyBean.Runtime.Tests.Control;

/// <summary>What people command: planned first, written down with the plan that does it, done once.</summary>
public sealed class CommandTests
{
    private static readonly OperatorId Model = new("model");

    [Fact]
    public void Run_that_fails_while_nothing_is_being_decided_is_in_the_history()
    {
        var walk = Running();
        var before = walk.Log.All.Length;

        walk.Do(new RunEvent.AbortRequested("The hall is on fire."));

        var decision = Assert.Single(walk.Log.All.Skip(before));
        Assert.Equal("The run has failed.", decision.Trigger);
        Assert.Contains("The hall is on fire.", decision.Result, StringComparison.Ordinal);
        Assert.Equal(1, decision.EpochBefore);
    }

    [Fact]
    public void Pin_moves_the_operator_under_a_later_epoch_and_is_written_down_with_its_plan()
    {
        var walk = Running();
        var command = Command(CommandKind.Pin, "model", "cloud");

        Assert.Null(walk.Ask(command));
        var outcome = walk.Await(command);

        Assert.Equal((CommandStatus.Done, 2L, 1.0, 2.0), (outcome.Status, outcome.Epoch, outcome.CostBefore, outcome.CostAfter));
        Assert.Equal("model: a → b", Assert.Single(outcome.Changes));
        Assert.Equal((2L, Tier.Cloud), (walk.Kept.Epoch, walk.Kept.Orders.Pins[Model]));
        Assert.Equal(B, walk.State.Run!.Plan![Model].Instances[0].Worker);
    }

    [Fact]
    public void Answer_tells_accuracy_and_p99_before_and_after_and_until_when_it_holds()
    {
        var walk = Running(planner: request => request.Pins.IsEmpty ? new ClusterPlan { Plan = Expecting(PlanOn(A), 0.8, 100) } : new ClusterPlan { Plan = Expecting(PlanOn(B), 0.6, 350) });

        var dry = walk.Await(Command(CommandKind.Pin, "model", "cloud", dry: true));
        var pinned = walk.Await(Command(CommandKind.Pin, "model", "cloud"));
        var unpinned = walk.Await(Command(CommandKind.Unpin, "model"));

        Assert.Equal(new OutputChange(new("out"), "recall", 0.8, 0.6, 100, 350), Assert.Single(pinned.Outputs));
        Assert.Equal(dry.Outputs.AsEnumerable(), pinned.Outputs);
        Assert.EndsWith("It would hold for later runs, too, until 'unpin model'.", dry.Message, StringComparison.Ordinal);
        Assert.EndsWith("It holds for later runs, too, until 'unpin model'.", pinned.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("later runs", unpinned.Message, StringComparison.Ordinal);
        Assert.Equal("It would cost 2.0 times as much as before; recall of 'out' would be 0.6 instead of 0.8; the p99 of 'out' would be up to 3.5 times as long.", dry.Warning);
        Assert.Equal("It costs 2.0 times as much as before; recall of 'out' is 0.6 instead of 0.8; the p99 of 'out' is up to 3.5 times as long.", pinned.Warning);
        Assert.Null(unpinned.Warning);

        static Plan Expecting(Plan plan, double recall, double p99) => plan with { Outputs = [new OutputPrediction { Output = new("out"), Rate = 1, P99Ms = p99, Metric = "recall", Accuracy = recall }] };
    }

    [Fact]
    public void Workflow_that_another_leaves_a_machine_to_is_charged_for_it_from_then_on()
    {
        static Plan Priced(Plan plan, IReadOnlySet<WorkerId> paidByOthers) =>
            (plan with { Workers = [new WorkerPrediction { Worker = A, Utilisation = 0.2, MemoryBytes = 1, PricePerHour = 0.7 }] }).Charged(paidByOthers);

        var walk = Running(planner: _ => new ClusterPlan { Plan = Priced(PlanOn(A), new HashSet<WorkerId> { A }) });
        var shared = walk.State.Run!.Plan!.Cost.ComputePerHour;
        walk.Do(new RunEvent.Tick { PaidByOthers = [A] }, TimeSpan.FromSeconds(1));
        var still = walk.State.Run!.Plan!.Cost.ComputePerHour;
        walk.Do(new RunEvent.Tick(), TimeSpan.FromSeconds(1));

        Assert.Equal((0.0, 0.0, 0.7, 1L), (shared, still, walk.State.Run!.Plan!.Cost.ComputePerHour, walk.State.Run.Epoch));
        Assert.Single(walk.Log.All);
    }

    [Fact]
    public void Pin_no_plan_fits_what_runs_goes_on_and_nothing_is_kept()
    {
        var walk = Running();
        walk.Planner = _ => new ClusterPlan { Reasons = ["The cloud is too slow."] };

        var outcome = walk.Await(Command(CommandKind.Pin, "model", "cloud"));

        Assert.Equal(CommandStatus.NoPlan, outcome.Status);
        Assert.Contains("too slow", outcome.Message, StringComparison.Ordinal);
        Assert.Equal((RunPhase.Running, 1L), (walk.State.Phase, walk.State.Run!.Epoch));
        Assert.Empty(walk.State.ByHand.Orders.Pins);
    }

    [Theory]
    [InlineData(CommandKind.Pin, "modle", "cloud", "model")]
    [InlineData(CommandKind.Pin, "model", "clod", "cloud,edge")]
    [InlineData(CommandKind.Pin, "tracker", "edge", "model")]
    [InlineData(CommandKind.Unpin, "model", "", "")]
    [InlineData(CommandKind.Swap, "tracker", "small", "model")]
    [InlineData(CommandKind.Swap, "model", "giant", "any,large,small")]
    [InlineData(CommandKind.Drain, "c", "", "a,b")]
    [InlineData(CommandKind.Return, "c", "", "")]
    internal void Unknown_or_forbidden_name_is_refused_with_those_that_are_allowed(CommandKind kind, string subject, string argument, string allowed)
    {
        var walk = Running();

        var outcome = walk.Ask(Command(kind, subject, argument))!;

        Assert.Equal(CommandStatus.Refused, outcome.Status);
        Assert.Equal(allowed, string.Join(',', outcome.Allowed));
        Assert.Empty(walk.Questions);
    }

    [Fact]
    public void Dry_run_tells_what_would_change_and_changes_nothing()
    {
        var walk = Running();

        var outcome = walk.Await(Command(CommandKind.Drain, "a", dry: true));
        walk.Planner = request => new ClusterPlan { Plan = PlanOn(request.Members[^1].Worker), Shortfalls = ["Less."] };
        var replan = walk.Await(Command(CommandKind.Replan, dry: true));

        Assert.Equal(CommandStatus.NoPlan, outcome.Status);
        Assert.StartsWith("Node 'a' goes on as before, for no other node could take all that it runs: model. Start another node of tier 'edge', or", outcome.Message, StringComparison.Ordinal);
        Assert.Equal((CommandStatus.Planned, 1.0, 2.0), (replan.Status, replan.CostBefore, replan.CostAfter));
        Assert.Equal("Less.", Assert.Single(replan.Shortfalls));
        Assert.Equal((RunPhase.Running, 1L), (walk.State.Phase, walk.State.Run!.Epoch));
        Assert.Empty(walk.State.ByHand.Orders.Drained);
    }

    [Fact]
    public void Return_of_a_node_that_is_not_drained_is_harmless_and_says_so()
    {
        var walk = Running();

        var outcome = walk.Ask(Command(CommandKind.Return, "a"))!;

        Assert.Equal((CommandStatus.Unchanged, "Node 'a' is not drained: there is nothing to return, plans may use it."), (outcome.Status, outcome.Message));
        Assert.Equal(1, walk.State.Run!.Epoch);
    }

    [Fact]
    public void Drained_node_is_told_to_stop_gets_nothing_and_the_answer_waits_until_it_is_empty()
    {
        var walk = Running();
        walk.Planner = request => new ClusterPlan { Plan = PlanOn(request.Members[0].Worker) };
        var command = Command(CommandKind.Drain, "a");
        walk.Ask(command);
        walk.Settle();

        Assert.Equal((RunPhase.Running, 2L), (walk.State.Phase, walk.State.Run!.Epoch));
        Assert.Null(walk.Ask(command));
        walk.Do(new RunEvent.NodeStopped(A, 1));
        var outcome = walk.Ask(command)!;
        var again = walk.Await(Command(CommandKind.Drain, "a"));
        var returned = walk.Await(Command(CommandKind.Return, "a"));

        Assert.Equal(CommandStatus.Done, outcome.Status);
        Assert.Equal(CommandStatus.Unchanged, again.Status);
        Assert.Equal((CommandStatus.Done, 3L), (returned.Status, returned.Epoch));
    }

    [Fact]
    public void Swapped_variant_is_planned_with_kept_and_given_up_again()
    {
        var walk = Running();

        var swapped = walk.Await(Command(CommandKind.Swap, "model", "large"));
        var again = walk.Await(Command(CommandKind.Swap, "model", "large"));
        walk.Replace();
        walk.Settle();
        var kept = walk.State.ByHand.Orders.Variants[Model];
        var given = walk.Await(Command(CommandKind.Swap, "model", "any"));

        Assert.Equal("model: variant small → large", Assert.Single(swapped.Changes));
        Assert.Equal((CommandStatus.Done, CommandStatus.Unchanged, CommandStatus.Done), (swapped.Status, again.Status, given.Status));
        Assert.Equal(("large", "small"), (kept, walk.State.Run!.Plan![Model].Variant));
    }

    [Fact]
    public void Replan_where_nothing_is_better_keeps_the_epoch()
    {
        var walk = Running();

        var outcome = walk.Await(Command(CommandKind.Replan));

        Assert.Equal((CommandStatus.Unchanged, 1L), (outcome.Status, walk.State.Run!.Epoch));
    }

    [Theory]
    [InlineData(false, "nothing is lost.")]
    [InlineData(true, "what is under way then of in/gate is lost, and told by number.")]
    public void Plan_that_cannot_come_while_elements_flow_says_why_and_what_that_costs_before_and_after(bool isLive, string cost)
    {
        var walk = Running();
        walk.Do(new RunEvent.NodeDeployed(A, 1) { Staying = [Model] });
        walk.Do(new RunEvent.NodeReported(A, new FragmentReport(1, A, [new SourceReport(Gate, 9, 0, false, null, 0, 0) { IsLive = isLive }], [], [], [], FailureReport.None)));

        var before = walk.Await(Command(CommandKind.Pin, "model", "cloud", dry: true));
        var after = walk.Await(Command(CommandKind.Pin, "model", "cloud"));

        Assert.Equal((CommandStatus.Planned, CommandStatus.Done), (before.Status, after.Status));
        Assert.All(new[] { before, after }, o => Assert.Matches("Elements cannot flow meanwhile, for these outputs have transactional sinks .*: model. It goes on from the last snapshot; " + cost, o.Message));
    }

    [Fact]
    public void Epoch_that_comes_into_force_after_no_plan_had_fitted_is_told_in_the_history()
    {
        var fits = false;
        var walk = new CommandWalk();
        walk.Planner = _ => fits ? new ClusterPlan { Plan = PlanOn(A) } : new ClusterPlan { Reasons = ["There is no room."] };
        walk.Begin(1, RunRecord.Empty);
        walk.Do(new RunEvent.Wanted("run"));
        walk.Settle();

        fits = true;
        walk.Do(new RunEvent.Tick(), Rules.PlanAgainAfter);
        walk.Settle();

        Assert.Equal(["The workflow is to run.", "Planned again."], walk.Log.All.Select(d => d.Trigger));
        Assert.Equal(("Epoch 1 is in force.", 0L, 1L), (walk.Log.All[^1].Result, walk.Log.All[^1].EpochBefore, walk.Log.All[^1].EpochAfter));
        Assert.Contains("There is no room.", walk.Log.All[0].Result, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_runs_pins_count_from_the_next_plan_on_and_replan_says_that_nothing_runs()
    {
        var walk = new CommandWalk();
        walk.Begin(1, RunRecord.Empty);

        var pinned = walk.Await(Command(CommandKind.Pin, "model", "cloud"));
        var replanned = walk.Await(Command(CommandKind.Replan));
        walk.Do(new RunEvent.Wanted("run"));
        walk.Settle();

        Assert.Equal(CommandStatus.Done, pinned.Status);
        Assert.Equal(CommandStatus.NotPossible, replanned.Status);
        Assert.Equal(B, walk.State.Run!.Plan![Model].Instances[0].Worker);
    }

    [Fact]
    public void Pins_and_drained_nodes_survive_the_coordinator()
    {
        var walk = Running();
        walk.Await(Command(CommandKind.Pin, "model", "cloud"));
        walk.Await(Command(CommandKind.Drain, "a"));

        walk.Replace();

        Assert.Equal(Tier.Cloud, walk.State.ByHand.Orders.Pins[Model]);
        Assert.Equal([A], walk.State.ByHand.Orders.Drained);
        Assert.Equal([B], walk.State.MembersBut(walk.State.ByHand.Orders.Drained).Select(m => m.Worker));
    }

    [Fact]
    public void Command_that_was_written_down_is_answered_by_the_next_coordinator_and_not_done_again()
    {
        var walk = Running();
        var command = Command(CommandKind.Pin, "model", "cloud");
        walk.Ask(command);
        while (walk.State.Phase != RunPhase.Moving || walk.Asked is not null)
        {
            Assert.True(walk.StepOnce());
        }

        walk.Replace();
        var outcome = walk.Await(command);

        Assert.Equal((CommandStatus.Done, 2L), (outcome.Status, outcome.Epoch));
        Assert.Equal((RunPhase.Running, 2L), (walk.State.Phase, walk.State.Run!.Epoch));
    }

    [Fact]
    public void Command_nobody_waits_for_any_more_is_not_begun()
    {
        var walk = Running();
        walk.Ask(Command(CommandKind.Replan));
        var second = Command(CommandKind.Pin, "model", "cloud");
        walk.Ask(second);

        walk.Do(new RunEvent.Tick(), Rules.ForgetCommandAfter);
        walk.Settle();

        Assert.Empty(walk.State.ByHand.Orders.Pins);
        Assert.False(walk.State.ByHand.Knows(second.Id));
    }

    [Fact]
    public void Commands_beyond_those_that_may_wait_are_told_to_come_again()
    {
        var walk = Running();
        walk.Ask(Command(CommandKind.Replan));
        for (var i = 0; i < Rules.MostWaiting; i++)
        {
            Assert.Null(walk.Ask(Command(CommandKind.Replan)));
        }

        Assert.Equal(CommandStatus.NotPossible, walk.Ask(Command(CommandKind.Replan))!.Status);
    }

    [Fact]
    public void Plan_that_was_asked_for_before_a_node_was_lost_is_not_used()
    {
        var walk = Running();
        var command = Command(CommandKind.Pin, "model", "cloud");
        walk.Ask(command);

        walk.Do(new RunEvent.NodeLost(B));
        walk.Do(new RunEvent.NodeLost(A));
        walk.Settle();

        Assert.Equal((RunPhase.Planning, 1L), (walk.State.Phase, walk.State.Run!.Epoch));
        Assert.Contains("planned again", walk.Await(command).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void History_tells_trigger_costs_candidates_steps_and_result()
    {
        var walk = Running();
        walk.Await(Command(CommandKind.Pin, "model", "cloud"));

        var (first, pinned) = (walk.Log.All[0], walk.Log.All[1]);

        Assert.Equal(("The workflow is to run.", "Epoch 1 is in force.", 0L, 1L), (first.Trigger, first.Result, first.EpochBefore, first.EpochAfter));
        Assert.Equal(("pin model cloud", "Epoch 2 is in force.", 1L, 2L, 1.0, 2.0), (pinned.Trigger, pinned.Result, pinned.EpochBefore, pinned.EpochAfter, pinned.CostBefore, pinned.CostAfter));
        Assert.Equal(["replaced", "chosen"], pinned.Candidates.Select(c => c.Verdict));
        Assert.Equal(["planning", "preparing", "cutting", "taking over"], pinned.Steps.Select(s => s.Name));
        Assert.Equal([1L, 2L], walk.Log.All.Select(d => d.Number));
    }

    [Fact]
    public void History_dry_runs_and_refusals_are_not_in_it()
    {
        var walk = Running();

        walk.Await(Command(CommandKind.Pin, "modle", "cloud"));
        walk.Await(Command(CommandKind.Pin, "model", "cloud", dry: true));
        walk.Await(Command(CommandKind.Drain, "a", dry: true));
        walk.Await(Command(CommandKind.Pin, "model", "cloud"));
        walk.Await(Command(CommandKind.Pin, "model", "cloud"));

        Assert.Equal(["The workflow is to run.", "pin model cloud"], walk.Log.All.Select(d => d.Trigger));
    }

    [Fact]
    public void History_what_left_everything_as_it_was_does_not_push_out_what_was_done()
    {
        var walk = Running();
        walk.Await(Command(CommandKind.Pin, "model", "cloud"));

        for (var i = 0; i < 150; i++)
        {
            walk.Await(Command(CommandKind.Replan));
        }

        Assert.Equal(["The workflow is to run.", "pin model cloud"], walk.Log.All.Take(2).Select(d => d.Trigger));
        Assert.Equal(Enumerable.Range(142, 11).Select(n => (long)n), walk.Log.All.Skip(2).Select(d => d.Number));
    }

    /// <summary>
    /// Messages lost and doubled, answers late, coordinators replaced anywhere: whatever a client was told is what holds, a command changes the plan at most once, nothing is deployed that is not
    /// written down, and in the end everything asked for is answered.
    /// </summary>
    [Fact]
    public void Any_schedule_a_command_is_done_once_and_what_is_told_holds() =>
        Gen.Int[0, 11].Array[10, 60].Sample(
            schedule =>
            {
                var walk = Running();
                Command[] commands =
                [
                    Command(CommandKind.Pin, "model", "cloud", id: "1"), Command(CommandKind.Unpin, "model", id: "2"),
                    Command(CommandKind.Pin, "model", "edge", id: "3"), Command(CommandKind.Replan, id: "4"),
                ];
                var told = new Dictionary<string, CommandOutcome>();
                foreach (var what in schedule)
                {
                    switch (what)
                    {
                        case < 4:
                            // The answer may be lost: then the client asks again, later.
                            Hear(commands[what], walk.Ask(commands[what]));
                            break;
                        case < 9:
                            walk.StepOnce();
                            break;
                        case 9:
                            walk.Do(new RunEvent.Tick(), TimeSpan.FromSeconds(1));
                            break;
                        case 10:
                            walk.Do(new RunEvent.NodeDeployed(B, 1));
                            break;
                        default:
                            walk.Replace();
                            break;
                    }
                }

                walk.Settle();
                foreach (var command in commands)
                {
                    Hear(command, walk.Await(command));
                    Hear(command, walk.Await(command));
                }

                Assert.Equal(RunPhase.Running, walk.State.Phase);
                Assert.Equal(walk.Kept.Orders.Pins, walk.State.ByHand.Orders.Pins);
                var changed = told.Values.Where(o => o.Status == CommandStatus.Done && o.Message.Contains("taken the place", StringComparison.Ordinal)).Select(o => o.Message).ToList();
                Assert.Equal(changed.Count, changed.Distinct().Count());

                void Hear(Command command, CommandOutcome? outcome)
                {
                    if (outcome is null)
                    {
                        return;
                    }

                    // What changed something is answered alike for ever; what did not may be asked of a coordinator that does not remember it.
                    if (told.TryGetValue(command.Id, out var before) && before.Status is CommandStatus.Done)
                    {
                        Assert.Equal((before.Status, Told(before)), (outcome.Status, Told(outcome)));
                    }

                    told[command.Id] = outcome;
                    Assert.True(outcome.Status != CommandStatus.Done || walk.Kept.Orders.AnswerTo(command.Id) is not null, "Told before it was written down.");
                }

                static string Told(CommandOutcome outcome) => outcome.Message.Split(" By now")[0];
            },
            seed: "0N0XIzNsQ0O2",
            iter: 2_000,
            threads: 1);
}
