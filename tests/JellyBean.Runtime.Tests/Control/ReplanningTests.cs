using System.Collections.Immutable;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Replanning;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Tests.Control;

/// <summary>Another plan takes the place of the one in force because of what is measured, and every decision about it is told.</summary>
public sealed class ReplanningTests
{
    private static readonly ReplanQuestion Question = new(
        new ReplanState { Rates = ImmutableSortedDictionary<SourceId, RateForecast>.Empty.Add(new SourceId("cameras/gate"), new RateForecast(5, 0, TimeSpan.Zero)) }, [], TimeSpan.FromMinutes(1), new ReplanOptions());

    private static readonly ReplanDecision Stays = new() { Reason = "The plan in force is the cheapest.", Holds = true, CostPerHour = 1 };

    [Fact]
    public void Plan_that_is_worth_moving_to_takes_place_while_elements_flow_and_the_history_says_why()
    {
        var walk = CommandWalk.Running();
        walk.Planner = request => Answer(request, Moves(CommandWalk.B));

        walk.Do(new RunEvent.ReplanDue("A third arrives.", Question), TimeSpan.FromMinutes(1));
        walk.StepOnce();
        walk.Do(new RunEvent.NodeDeployed(CommandWalk.A, 2), TimeSpan.FromSeconds(1));
        walk.Do(new RunEvent.NodeDeployed(CommandWalk.B, 2));
        walk.StepOnce();
        walk.Do(new RunEvent.NodeReported(CommandWalk.B, Report(2, queue: 7, waiting: 4)), TimeSpan.FromMilliseconds(20));
        walk.Settle();

        Assert.Equal((RunPhase.Running, 2L), (walk.State.Phase, walk.State.Run!.Epoch));
        var decision = walk.Log.All[^1];
        Assert.Equal(("A third arrives.", 1L, 2L, 3.0), (decision.Trigger, decision.EpochBefore, decision.EpochAfter, decision.CostBefore));
        Assert.Equal("The cloud is cheaper. Epoch 2 is in force.", decision.Result);
        Assert.Equal([("epoch 1", 3.0, "replaced"), ("the cheapest other", 2.0, "chosen")], decision.Candidates.Select(c => (c.Name, c.CostPerHour!.Value, c.Verdict)));
        Assert.Equal(["planning", "preparing", "cutting", "taking over"], decision.Steps.Select(s => s.Name));
        Assert.Equal(11, decision.ElementsHeld);
        Assert.Contains(decision.Measurements, m => m is { Name: "cameras/gate offered", Value: 5 });
    }

    [Fact]
    public void Plan_that_stays_is_a_decision_too()
    {
        var walk = CommandWalk.Running();
        walk.Planner = request => Answer(request, Stays with { OtherCostPerHour = 0.99, MovesPerHour = 0.1 });

        walk.Do(new RunEvent.ReplanDue("30 s have passed.", Question));
        walk.Settle();

        Assert.Equal((1L, null), (walk.State.Run!.Epoch, walk.State.Run.Transition));
        var decision = walk.Log.All[^1];
        Assert.Equal(("30 s have passed.", Stays.Reason, 1L, 1L), (decision.Trigger, decision.Result, decision.EpochBefore, decision.EpochAfter));
        Assert.Equal(["stays", "not chosen; moving counts 0.1 per hour"], decision.Candidates.Select(c => c.Verdict));
        Assert.Null(decision.ElementsHeld);
    }

    [Fact]
    public void Planner_that_takes_an_hour_is_asked_once_and_its_answer_counts()
    {
        var first = new CommandWalk();
        first.Begin(1, RunRecord.Empty);
        first.Do(new RunEvent.Wanted("run"));
        var running = CommandWalk.Running();
        running.Do(new RunEvent.ReplanDue("A third arrives.", Question));

        for (var i = 0; i < 60; i++)
        {
            first.Do(new RunEvent.Tick(), TimeSpan.FromMinutes(1));
            running.Do(new RunEvent.Tick(), TimeSpan.FromMilliseconds(100));
        }

        Assert.Single(first.Questions);
        Assert.Single(running.Questions);
        first.Settle();
        Assert.Equal((RunPhase.Running, 1L), (first.State.Phase, first.State.Run!.Epoch));
    }

    [Fact]
    public void Answer_about_another_plan_or_other_orders_is_stale()
    {
        var walk = CommandWalk.Running();
        walk.Planner = request => request.Replan is null ? new ClusterPlan { Plan = CommandWalk.PlanOn(CommandWalk.A, request.Variants.GetValueOrDefault(new OperatorId("model"), "small")) } : Answer(request, Moves(CommandWalk.B));
        walk.Do(new RunEvent.ReplanDue("A third arrives.", Question));
        var asked = walk.Questions.Dequeue();

        walk.Await(CommandWalk.Command(CommandKind.Swap, "model", "large"));
        walk.Do(new RunEvent.Planned(asked.Asked, walk.Planner(asked.Request)));
        walk.Settle();

        Assert.Equal("large", walk.State.Run!.Plan![new OperatorId("model")].Variant);
        Assert.Equal(2, walk.State.Run.Epoch);
        Assert.Null(walk.State.Run.Wish);
    }

    [Fact]
    public void Nothing_is_asked_while_something_else_is_on_its_way()
    {
        var walk = CommandWalk.Running();
        walk.Do(new RunEvent.Proposed(CommandWalk.PlanOn(CommandWalk.B), "By hand."));

        var effects = walk.Do(new RunEvent.ReplanDue("30 s have passed.", Question));

        Assert.Empty(effects);
        Assert.False(RunMachine.MayReplan(walk.State));
    }

    [Fact]
    public void History_survives_the_coordinator_as_far_as_there_is_room()
    {
        var decisions = Enumerable.Range(1, 100).Select(i => new Decision
        {
            Number = i,
            At = DateTimeOffset.UnixEpoch.AddSeconds(i),
            Trigger = $"{i}",
            Result = i == 100 ? "…" : new string('x', 500),
            Measurements = [.. Enumerable.Range(0, 40).Select(m => new Measurement($"m{m}", m, "ms"))],
        }).ToImmutableArray();
        var full = new RunRecord { Epoch = 3, RunId = "run", Plan = new string('p', 88 * 1024) };

        var roomy = RunRecord.FromBytes((full with { Plan = "plan" }).With(decisions).ToBytes());
        var tight = full.With(decisions);
        var log = DecisionLog.Of(roomy.Decisions);

        Assert.InRange(roomy.Decisions.Length, 10, 60);
        Assert.Equal(Enumerable.Range(101 - roomy.Decisions.Length, roomy.Decisions.Length), roomy.Decisions.Select(d => (int)d.Number));
        Assert.InRange(tight.Decisions.Length, 1, roomy.Decisions.Length - 1);
        Assert.InRange(tight.ToBytes().Length, 88 * 1024, ControlProtocol.MaxBytes);
        Assert.Equal("The node that coordinated has ended meanwhile.", log.All[^1].Result);
        Assert.Equal(101, log.With([Record(1, null)], TimeSpan.FromSeconds(9), DateTimeOffset.UnixEpoch).All[^1].Number);
    }

    [Fact]
    public void Changes_in_place_are_decisions_told_once_and_with_how_long_they_took()
    {
        var at = DateTimeOffset.UnixEpoch.AddHours(1);
        var log = DecisionLog.Empty.With([Record(1, null)], TimeSpan.FromSeconds(10), at);

        log = log.With([Record(1, TimeSpan.FromMilliseconds(80)), Record(2, null)], TimeSpan.FromSeconds(11), at.AddSeconds(1));

        Assert.Equal([1L, 2L], log.All.Select(d => d.Number));
        Assert.Equal(at - TimeSpan.FromSeconds(1), log.All[0].At);
        Assert.Equal("StepDown: detector=v0 → detector=v1.", log.All[0].Result);
        Assert.Equal(new DecisionStep("changing in place", TimeSpan.FromMilliseconds(80)), Assert.Single(log.All[0].Steps));
        Assert.Empty(log.All[1].Steps);
        Assert.Contains(log.All[0].Measurements, m => m is { Name: "offered", Value: 2 });
    }

    [Fact]
    public void Drift_is_a_decision_to_change_nothing_told_with_its_figures()
    {
        var drift = Record(-1, null) with { Action = AdaptationAction.Drift, To = "detector=v0", Reason = "score has drifted.", Drift = [new("score of detector=v0", 0.4, "")] };

        var decision = DecisionLog.Empty.With([Record(1, null), drift], TimeSpan.FromSeconds(10), DateTimeOffset.UnixEpoch).All[^1];

        Assert.Equal(("score has drifted.", "Drift: nothing is changed."), (decision.Trigger, decision.Result));
        Assert.Equal(drift.Drift, decision.Measurements);
    }

    private static ClusterPlan Answer(ClusterPlanRequest request, ReplanDecision decision)
    {
        Assert.NotNull(request.Replan);
        return new ClusterPlan { Plan = decision.Proposed, Decision = decision };
    }

    private static ReplanDecision Moves(Planning.Infrastructure.WorkerId to) =>
        new() { Proposed = CommandWalk.PlanOn(to), Reason = "The cloud is cheaper.", Holds = true, CostPerHour = 3, OtherCostPerHour = 2 };

    private static FragmentReport Report(long epoch, long queue, int waiting) => new(
        epoch,
        CommandWalk.B,
        [new SourceReport(new SourceId("cameras/gate"), 9, 0, false, null, 0, 0) { Waiting = waiting }],
        [new StageReport(new OperatorId("model"), "small", 5, 0, 0, 0, queue, 0, 0, Distribution.Empty, Distribution.Empty, Distribution.Empty)],
        [],
        [],
        FailureReport.None);

    private static AdaptationRecord Record(long revision, TimeSpan? took) => new()
    {
        At = TimeSpan.FromSeconds(9),
        Epoch = 1,
        Revision = revision,
        Action = AdaptationAction.StepDown,
        From = "detector=v0",
        To = "detector=v1",
        Reason = "Too much arrives.",
        Measured = new LoadMeasurement(2, 1, TimeSpan.Zero, TimeSpan.Zero, 1, "detector", 0),
        Capacity = 3,
        Took = took,
    };
}
