using System.Collections.Immutable;
using JellyBean.Planning.Ladders;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Adaptation;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Runtime.Tests.Control.Adaptation;

/// <summary>A variant that somebody chooses changes in place, by the same hand and the same numbers as those that the loop changes: the coordinator's machine and its desk, in virtual time.</summary>
public sealed class SwapInPlaceTests
{
    private static readonly OperatorId Model = new("model");

    [Fact]
    public void Chosen_variant_runs_in_place_is_written_down_and_stays_under_the_next_coordinator()
    {
        var walk = new Walk();

        var outcome = walk.Await(CommandWalk.Command(CommandKind.Swap, "model", "large"));

        Assert.Equal((CommandStatus.Done, 1L), (outcome.Status, outcome.Epoch));
        Assert.Contains("in place", Assert.Single(outcome.Changes), StringComparison.Ordinal);
        Assert.Equal(("large", 1L), (walk.Runs, walk.Commands.State.Run!.Epoch));
        Assert.Empty(walk.Commands.Questions);
        Assert.Equal("large", RunRecord.FromBytes(walk.Commands.Kept.ToBytes()).Orders.Variants[Model]);
        Assert.Equal(["changing in place", "recording"], walk.Commands.Log.All[^1].Steps.Select(s => s.Name));
        walk.Pass(TimeSpan.FromMinutes(2), load: 30);
        Assert.Equal("large", walk.Runs);
    }

    [Fact]
    public void Loop_and_hand_count_with_one_number()
    {
        var walk = new Walk();
        walk.Pass(TimeSpan.FromSeconds(4), load: 15);

        walk.Await(CommandWalk.Command(CommandKind.Swap, "model", "large"));
        walk.Await(CommandWalk.Command(CommandKind.Swap, "model", "any"));
        walk.Pass(TimeSpan.FromSeconds(4), load: 80);

        Assert.Equal(walk.Revisions.Distinct().Order(), walk.Revisions);
        Assert.True(walk.Revisions.Count >= 3);
        Assert.Empty(walk.Commands.State.ByHand.Orders.Variants);
    }

    [Fact]
    public void Variant_that_cannot_be_loaded_is_told_and_all_is_as_before()
    {
        var walk = new Walk { Broken = "large" };

        var outcome = walk.Await(CommandWalk.Command(CommandKind.Swap, "model", "large"));
        walk.Pass(TimeSpan.FromSeconds(4), load: 10);

        Assert.Equal(CommandStatus.NotPossible, outcome.Status);
        Assert.Contains("It is damaged.", outcome.Message, StringComparison.Ordinal);
        Assert.Equal("small", walk.Runs);
        Assert.Empty(walk.Commands.State.ByHand.Orders.Variants);
    }

    [Fact]
    public void Variant_that_the_machines_cannot_take_is_planned_for()
    {
        var walk = new Walk(large: 0.5);

        Assert.Null(walk.Commands.Ask(CommandWalk.Command(CommandKind.Swap, "model", "large")));

        Assert.Equal("large", Assert.Single(walk.Commands.Questions).Request.Variants[Model]);
    }

    [Fact]
    public void Another_plan_came_between_it_is_chosen_under_that_one()
    {
        var walk = new Walk();
        var command = CommandWalk.Command(CommandKind.Swap, "model", "large");

        Assert.Null(walk.Commands.Ask(command));
        walk.Commands.Do(new RunEvent.Proposed(PlanOf(CommandWalk.B, 2), "It is cheaper."));
        var outcome = walk.Await(command);

        Assert.Equal((CommandStatus.Done, 2L), (outcome.Status, outcome.Epoch));
        Assert.Equal("large", walk.Runs);
    }

    [Fact]
    public void Change_that_another_plan_overtook_is_put_right_under_that_plan()
    {
        var walk = new Walk();
        walk.Pass(TimeSpan.FromSeconds(2), load: 10);

        walk.Commands.Do(new RunEvent.Proposed(PlanOf(CommandWalk.A, 2) with { Ladder = [PlanOf(CommandWalk.A, 2).Ladder[1]] }, "It is cheaper."));
        walk.Commands.Settle();
        walk.Runs = "large";
        walk.Pass(TimeSpan.FromSeconds(3), load: 10);

        Assert.Equal((2L, "small"), (walk.Commands.State.Run!.Epoch, walk.Runs));
    }

    private static Plan PlanOf(Planning.Infrastructure.WorkerId worker, double large) => CommandWalk.PlanOn(worker) with
    {
        Sources = [new PlannedSource { Source = LadderPlans.Camera, Input = new OperatorId("cameras"), Worker = worker, Rate = 10 }],
        Ladder = [Rung("large", large), Rung("small", 4)],
    };

    private static LadderRung Rung(string variant, double capacity) =>
        new() { Ways = [new RungWay(Model, variant, 1)], Accuracies = [], Capacity = capacity, Cores = 0.8 / capacity };

    /// <summary>A coordinator with its desk and one node, which does at once what it is told.</summary>
    private sealed class Walk
    {
        private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

        private readonly AdaptationDesk _desk = new(new AdaptationOptions(), TimeSpan.FromSeconds(1), NullLogger.Instance);
        private double _offered;

        public Walk(double large = 1.5) =>
            Commands = CommandWalk.Running(new LocalClusterOptions { Adaptation = new AdaptationOptions() }, _ => new ClusterPlan { Plan = PlanOf(CommandWalk.A, large) });

        public CommandWalk Commands { get; }

        public string Runs { get; set; } = "small";

        public string? Broken { get; init; }

        public List<long> Revisions { get; } = [];

        public CommandOutcome Await(Command command)
        {
            for (var i = 0; i < 200; i++)
            {
                if (Commands.Ask(command) is { } outcome)
                {
                    return outcome;
                }

                Pass(Step, load: 10);
                Commands.Settle();
            }

            throw new InvalidOperationException($"'{command}' is never answered.");
        }

        public void Pass(TimeSpan length, double load)
        {
            for (var end = Commands.Now + length; Commands.Now < end;)
            {
                Commands.Do(new RunEvent.Tick(), Step);
                _offered += load * Step.TotalSeconds;
                var (run, now) = (Commands.State.Run!, Commands.Now);
                var worker = run.Parts.Keys.First();
                _desk.Heard(Report(run.Epoch, worker), now);
                foreach (var send in _desk.Tick(Commands.State, now))
                {
                    var what = ((Adjust)send.Message).What;
                    Revisions.Add(what.Revision);
                    var wanted = what.Operators.Single().Variant;
                    Runs = wanted == Broken ? Runs : wanted;
                    _desk.Answered(send.Worker, new Adjusted(what.Epoch, what.Revision, [new AdjustOutcome(Model, Runs, wanted == Broken ? "It is damaged." : null, TimeSpan.Zero)]), now);
                }

                if (_desk.TakeDone() is { } done)
                {
                    Commands.Do(done);
                }
            }
        }

        private FragmentReport Report(long epoch, Planning.Infrastructure.WorkerId worker) => new(
            epoch,
            worker,
            [new SourceReport(LadderPlans.Camera, (long)_offered, 0, false, null, 0, 0) { CanDrop = true }],
            [new StageReport(Model, Runs, (long)_offered, (long)_offered, 0, 0, 0, (long)_offered, 0, Distribution.Empty, Distribution.Empty, Distribution.Empty)],
            [],
            [],
            FailureReport.None)
        { Revision = Revisions.LastOrDefault() };
    }
}
