using System.Collections.Immutable;
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

/// <summary>Sources that people add, remove and hold up.</summary>
public sealed class SourceCommandTests
{
    private const string Secret = "rtsp://admin:s3cret@yard/live";
    private static readonly SourceId Yard = new("in/yard");

    [Fact]
    public void Paused_source_is_told_to_its_node_until_it_holds_and_answered_then()
    {
        var walk = Reading();
        var command = Command(CommandKind.Pause, "gate");
        walk.Ask(command);
        walk.Settle();

        Assert.Null(walk.Ask(command));
        var told = Report(walk, Of(Gate, 5));
        Report(walk, Of(Gate, 5) with { IsPaused = true });
        var outcome = walk.Ask(command)!;

        Assert.Equal(new HoldSources(1, [Gate]), told);
        Assert.Equal((CommandStatus.Done, 1L), (outcome.Status, walk.State.Run!.Epoch));
        Assert.Equal(CommandStatus.Unchanged, walk.Ask(Command(CommandKind.Pause, "in/gate"))!.Status);
        Assert.Null(Report(walk, Of(Gate, 5) with { IsPaused = true }));
    }

    [Fact]
    public void Paused_source_stays_so_under_another_coordinator_and_plan_until_it_is_resumed()
    {
        var walk = Reading();
        walk.Ask(Command(CommandKind.Pause, "gate"));
        walk.Settle();

        walk.Replace();
        var deployed = walk.Do(new RunEvent.Tick(), TimeSpan.FromSeconds(2)).OfType<RunEffect.Send>().Select(s => s.Message).OfType<Deploy>().ToList();
        walk.Settle();
        var resume = Command(CommandKind.Resume, "gate");
        walk.Ask(resume);
        walk.Settle();
        var told = Report(walk, Of(Gate, 9) with { IsPaused = true });
        Report(walk, Of(Gate, 9));

        Assert.All(deployed, d => Assert.Equal(Gate, Assert.Single(d.Paused)));
        Assert.NotEmpty(deployed);
        Assert.Equal(new HoldSources(1, []), told);
        Assert.Equal(CommandStatus.Done, walk.Ask(resume)!.Status);
    }

    [Fact]
    public void Added_source_is_planned_deployed_with_its_keys_kept_and_never_shown()
    {
        var walk = Reading();
        var command = Add("yard");
        walk.Ask(command);
        List<Deploy> deploys = [];
        while (walk.State.Run!.Epoch == 1)
        {
            Assert.True(walk.StepOnce());
            deploys.AddRange(walk.Do(new RunEvent.Tick(), TimeSpan.FromSeconds(2)).OfType<RunEffect.Send>().Select(s => s.Message).OfType<Deploy>());
        }

        walk.Settle();
        var outcome = walk.Await(command);

        Assert.Equal((CommandStatus.Done, "in/yard: read on a"), (outcome.Status, Assert.Single(outcome.Changes)));
        Assert.All(deploys, d => Assert.Equal(Secret, Assert.Single(d.Added).Settings["uri"]));
        Assert.NotEmpty(deploys);
        Assert.Equal(Secret, walk.Kept.Orders.Sources.Added[Yard].Settings["uri"]);
        Assert.DoesNotContain("s3cret", string.Join(' ', walk.State.Run!.History.Concat(walk.Log.All.Select(d => $"{d}")).Append($"{outcome} {command}")), StringComparison.Ordinal);
        walk.Replace();
        walk.Settle();
        Assert.Equal(Secret, walk.State.ByHand.Orders.Sources.Added[Yard].Settings["uri"]);
    }

    [Fact]
    public void Removed_source_is_planned_without_and_the_history_says_once_what_it_had_done()
    {
        var walk = Reading();
        walk.Await(Add("yard"));

        var outcome = walk.Await(Command(CommandKind.Remove, "gate"));
        Report(walk, Of(Yard, 3), Of(Gate, 70) with { Dropped = 4, Ended = true, IsRemoved = true });
        Report(walk, Of(Yard, 4), Of(Gate, 70) with { Dropped = 4, Ended = true, IsRemoved = true });

        Assert.Equal((CommandStatus.Done, "in/gate: left out"), (outcome.Status, Assert.Single(outcome.Changes)));
        Assert.Single(walk.State.Run!.History, line => line.Contains("'in/gate' is removed: it had given 70 elements, 4 of them dropped", StringComparison.Ordinal));
        Assert.Equal([Yard], walk.State.Run!.Plan!.Sources.Select(s => s.Source));
    }

    [Fact]
    public void Configured_source_that_was_removed_comes_back_without_keys()
    {
        var walk = Reading();
        walk.Await(Add("yard"));
        walk.Await(Command(CommandKind.Remove, "gate"));

        var back = walk.Await(Command(CommandKind.Add, "gate"));

        Assert.Equal((CommandStatus.Done, "in/gate: read on a"), (back.Status, Assert.Single(back.Changes)));
        Assert.Equal([Gate, Yard], walk.State.Run!.Plan!.Sources.Select(s => s.Source));
        Assert.Empty(walk.Kept.Orders.Sources.Removed);
    }

    [Fact]
    public void Removed_source_that_came_back_is_told_of_anew_only_when_it_is_removed_again()
    {
        var walk = Reading();
        walk.Await(Add("yard"));
        walk.Await(Command(CommandKind.Remove, "gate"));
        Report(walk, Of(Yard, 3), Of(Gate, 70) with { Ended = true, IsRemoved = true });
        walk.Await(Command(CommandKind.Add, "gate"));

        // Another node read it before, and still tells of that.
        Report(walk, Of(Yard, 4), Of(Gate, 70) with { Ended = true, IsRemoved = true });
        Report(walk, Of(Yard, 5), Of(Gate, 70) with { Ended = true, IsRemoved = true });
        var whileRead = Told();
        walk.Await(Command(CommandKind.Remove, "gate"));
        Report(walk, Of(Yard, 6), Of(Gate, 80) with { Ended = true, IsRemoved = true });

        Assert.Equal((1, 2), (whileRead, Told()));

        int Told() => walk.State.Run!.History.Count(line => line.Contains("'in/gate' is removed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(CommandKind.Remove, "tower", "Allowed: in/gate.")]
    [InlineData(CommandKind.Pause, "tower", "Allowed: in/gate.")]
    [InlineData(CommandKind.Add, "out/yard", "Allowed: in/NAME.")]
    [InlineData(CommandKind.Add, "in/", "Allowed: in/NAME.")]
    [InlineData(CommandKind.Add, "gate", "There is a source 'in/gate' already.")]
    [InlineData(CommandKind.Add, "yard", "nothing is said of it")]
    internal void Source_that_is_not_there_or_may_not_be_is_refused(CommandKind kind, string subject, string said)
    {
        var walk = Reading();

        var outcome = walk.Ask(Command(kind, subject))!;

        Assert.Equal(CommandStatus.Refused, outcome.Status);
        Assert.Contains(said, outcome.Message, StringComparison.Ordinal);
        Assert.Empty(walk.Questions);
    }

    [Fact]
    public void Wrong_keys_are_refused_with_what_is_wrong_and_too_many_are_not_possible()
    {
        var walk = Reading();
        var keys = ImmutableSortedDictionary<string, string>.Empty;

        var wrong = walk.Ask(Command(CommandKind.Add, "yard") with { Settings = keys.Add("url", "x") })!;
        var many = walk.Ask(Command(CommandKind.Add, "yard") with { Settings = keys.Add("uri", new string('x', SourceCheck.MostSettings)) })!;

        Assert.Equal((CommandStatus.Refused, "in/yard.uri is missing."), (wrong.Status, wrong.Message));
        Assert.Equal(CommandStatus.NotPossible, many.Status);
    }

    [Theory]
    [InlineData("out/yard", "'out/yard' is no name for a source. Allowed: in/NAME. in/NAME.uri is missing.")]
    [InlineData("in/ya rd", "'in/ya rd' is no name for a source. Allowed: in/NAME. in/NAME.uri is missing.")]
    [InlineData("gate", "There is a source 'in/gate' already. Remove it, or give the new one another name. in/gate.uri is missing.")]
    public void Wrong_name_and_wrong_keys_are_refused_together(string name, string said)
    {
        var outcome = Reading().Ask(Command(CommandKind.Add, name) with { Settings = ImmutableSortedDictionary<string, string>.Empty.Add("url", "x") })!;

        Assert.Equal((CommandStatus.Refused, said), (outcome.Status, outcome.Message));
    }

    [Fact]
    public void Pause_where_nothing_runs_tells_of_no_plan_in_force()
    {
        var walk = new CommandWalk();
        walk.Begin(1, RunRecord.Empty);
        walk.Settle();

        var outcome = walk.Await(Command(CommandKind.Pause, "gate"));

        Assert.Equal((CommandStatus.Done, "Source 'gate' is held up; nothing runs, so it counts from the next plan on. It holds for later runs, too, until 'resume gate'."), (outcome.Status, outcome.Message));
    }

    [Fact]
    public void Resume_of_a_source_that_flows_changes_nothing() => Assert.Equal(CommandStatus.Unchanged, Reading().Ask(Command(CommandKind.Resume, "gate"))!.Status);

    private static Command Add(string name) => Command(CommandKind.Add, name) with { Settings = ImmutableSortedDictionary<string, string>.Empty.Add("uri", Secret) };

    /// <summary>A run on node <c>a</c> that reads what is configured and what was added.</summary>
    private static CommandWalk Reading()
    {
        var walk = new CommandWalk
        {
            Planner = request => new ClusterPlan
            {
                Plan = PlanOn(A) with
                {
                    Sources = [.. new[] { Gate }.Except(request.Removed).Union(request.Added.Select(a => a.Source)).Order().Select(s => new PlannedSource { Source = s, Input = new OperatorId("in"), Worker = A, Rate = 1 })],
                },
            },
        };
        walk.Begin(1, RunRecord.Empty);
        walk.Do(new RunEvent.Wanted("run"));
        walk.Settle();
        Report(walk, Of(Gate, 1));
        return walk;
    }

    private static SourceReport Of(SourceId source, long offered) => new(source, offered, 0, false, null, 0, 0);

    /// <returns>What the node is told upon its report.</returns>
    private static IControlMessage? Report(CommandWalk walk, params SourceReport[] sources) => walk
        .Do(new RunEvent.NodeReported(A, new FragmentReport(walk.State.Run!.Epoch, A, [.. sources], [], [], [], new FailureReport([], [], 0))))
        .OfType<RunEffect.Send>().SingleOrDefault()?.Message;
}
