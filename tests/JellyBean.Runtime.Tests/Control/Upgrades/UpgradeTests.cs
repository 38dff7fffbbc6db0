using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Control.Upgrades;
using JellyBean.Workflows;
using static JellyBean.Runtime.Tests.Control.CommandWalk;

namespace JellyBean.Runtime.Tests.Control.Upgrades;

/// <summary>A version of a workflow that takes the place of another one, in virtual time.</summary>
public sealed class UpgradeTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    [Fact]
    public void Sources_are_handed_over_one_by_one_and_every_element_is_read_once_by_one_of_the_versions()
    {
        var (former, next) = Two();
        var both = new List<int>();

        var outcome = Upgrade(former, next, () => both.Add(former.State.Custody.Away.Count));

        Assert.Equal((CommandStatus.Done, 2), (outcome.Status, outcome.Changes.Length));
        Assert.Equal([0, 1, 2], both.Distinct());
        Assert.Equal((RunPhase.Idle, true), (former.State.Phase, former.State.Ended!.Failure is null));
        Finish(former, next);
        Once(former, next);
        Assert.True(former.Read.Any() && next.Read.Any());
    }

    [Fact]
    public void Going_back_is_the_same_with_the_roles_changed_and_epochs_only_grow()
    {
        var (former, next) = Two();
        Upgrade(former, next);
        var epoch = next.State.Run!.Epoch;

        var back = Upgrade(next, former);

        Assert.Equal(CommandStatus.Done, back.Status);
        Assert.True(former.State.Run!.Epoch > epoch);
        Assert.Equal(RunPhase.Idle, next.State.Phase);
        Finish(former, next);
        Once(former, next);
    }

    [Fact]
    public void Version_without_a_plan_leaves_the_other_one_as_it_was()
    {
        var (former, next) = Two();
        next.CanPlan = false;

        var outcome = Upgrade(former, next);

        Assert.Equal(CommandStatus.NotPossible, outcome.Status);
        Assert.Contains("There is no room.", outcome.Message, StringComparison.Ordinal);
        Assert.Equal((1L, RunPhase.Idle), (former.State.Run!.Epoch, next.State.Phase));
        Assert.Empty(former.State.Custody.Away);
        Finish(former, next);
        Once(former, next);
    }

    [Fact]
    public void Version_that_is_stopped_in_the_middle_gives_back_what_it_had_taken()
    {
        var (former, next) = Two();
        var command = Begin(former, next);
        Until(former, next, () => next.Read.Any());

        next.Do(new RunEvent.DrainRequested());
        var outcome = Await(former, next, command);

        Assert.Equal(CommandStatus.NotPossible, outcome.Status);
        Assert.Contains("was told to stop", outcome.Message, StringComparison.Ordinal);
        Finish(former, next);
        Once(former, next);
    }

    [Fact]
    public void Version_that_is_stopped_the_moment_that_another_coordinator_leads_finishes_what_it_had_taken_and_gives_the_rest_back()
    {
        var (former, next) = Two();
        var command = Begin(former, next);
        Until(former, next, () => next.Read.Any());

        former.Replace();
        next.Replace();
        next.Do(new RunEvent.DrainRequested());
        next.Do(new RunEvent.DrainRequested());
        var outcome = Await(former, next, command);

        Assert.Equal((CommandStatus.NotPossible, false), (outcome.Status, next.HasFailed));
        Assert.Contains("was told to stop", outcome.Message, StringComparison.Ordinal);
        Finish(former, next);
        Once(former, next);
    }

    [Fact]
    public void Version_that_gives_all_back_goes_on_saying_so_until_the_other_one_has_written_it_down()
    {
        var (former, next) = Two();
        var command = Begin(former, next);
        Until(former, next, () => next.Read.Any());
        next.Do(new RunEvent.DrainRequested());
        Until(former, next, () => next.State.Upgrade is { Step: UpgradeStep.Undoing } && former.State.Custody.Away.IsEmpty);
        Assert.NotEmpty(former.State.Kept.Away);

        // It is answered, and then the node that coordinates both is lost, with what had not been written down yet and all that was said.
        Talk(former, next, null);
        next.Tick(Step);
        next.WriteDown();
        foreach (var version in new[] { former, next })
        {
            version.Said.Clear();
            version.Replace();
        }

        var outcome = Await(former, next, command);

        Assert.Equal(CommandStatus.NotPossible, outcome.Status);
        Finish(former, next);
        Once(former, next);
    }

    [Fact]
    public void Source_that_is_given_back_to_a_coordinator_that_has_just_begun_counts_what_was_read_of_it_before()
    {
        var (former, next) = Two();
        var command = Begin(former, next);
        Until(former, next, () => next.Read.Any());
        next.Do(new RunEvent.DrainRequested());
        Until(former, next, () => next.State.Upgrade is { Step: UpgradeStep.Undoing });
        next.WriteDown();
        next.Tick(Step);

        // Asked before any node has reported to it.
        former.Replace();
        Talk(next, former, null);
        Await(former, next, command);

        Assert.NotEmpty(former.State.Custody.From);
        Assert.All(former.State.Custody.From.Values, s => Assert.True(s.First < s.Number, $"{s}"));
        Finish(former, next);
        Once(former, next);
    }

    [Fact]
    public void Version_that_takes_a_source_and_fails_loses_it_to_the_other_one_which_reads_all_of_it()
    {
        var (former, next) = Two();
        var command = Begin(former, next);
        Until(former, next, () => next.State.Custody.From.Count > 0);

        next.Do(new RunEvent.AbortRequested("It is broken."));
        var outcome = Await(former, next, command);

        Assert.Equal(CommandStatus.NotPossible, outcome.Status);
        Assert.Contains("It is broken.", outcome.Message, StringComparison.Ordinal);
        Finish(former, next);
        Assert.Equal(All, former.Read.Order());
    }

    [Fact]
    public void Other_version_that_ends_meanwhile_leaves_what_it_has_not_read_to_this_one()
    {
        var (former, next) = Two();
        var command = Begin(former, next);
        Until(former, next, () => next.State.Custody.From.Count > 0);

        former.Do(new RunEvent.DrainRequested());
        var outcome = Await(former, next, command);

        Assert.Equal(CommandStatus.Done, outcome.Status);
        Finish(former, next);
        Once(former, next);
    }

    /// <summary>Coordinators of either version die, nodes die, messages are lost, at any step: never both read a source, and never neither.</summary>
    [Fact]
    public void Whatever_fails_meanwhile_every_element_is_read_once_by_one_of_the_versions()
    {
        for (var seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            var (former, next) = Two();
            var command = Begin(former, next);
            var faults = 1 + random.Next(4);
            for (var step = 0; step < 400 && next.Ask(command, former.Status()) is null; step++)
            {
                if (faults > 0 && random.Next(12) == 0)
                {
                    faults--;
                    Break(random.Next(5), random.Next(2) == 0 ? former : next, next);
                }

                Round(former, next, random);
            }

            next.CanRead = true;
            var outcome = Await(former, next, command);
            Finish(former, next);
            var (read, lost) = (former.Read.Concat(next.Read).ToList(), All.Except(former.Read.Concat(next.Read)).ToList());
            Assert.True(lost.Count == 0, $"Seed {seed}: {outcome.Message} {string.Join(' ', lost)} missing.");
            Assert.True(next.HasFailed || read.Count == All.Count(), $"Seed {seed}: {outcome.Message} {read.Count} read.");
        }
    }

    [Fact]
    public void Nothing_to_take_the_place_of_and_several_are_refused_with_what_is_there()
    {
        var (former, next) = Two();

        var none = next.Ask(Command(CommandKind.Upgrade))!;
        var unknown = next.Ask(Command(CommandKind.Upgrade, "test@beef"), former.Status())!;
        var several = next.Ask(Command(CommandKind.Upgrade), former.Status(), former.Status() with { Fingerprint = "beefbeefbeef" })!;
        var idle = next.Ask(Command(CommandKind.Upgrade, "test@f00d"), former.Status() with { Phase = "idle" })!;
        var dry = next.Ask(Command(CommandKind.Upgrade, dry: true), former.Status())!;
        var self = former.Ask(Command(CommandKind.Upgrade), next.Status() with { Phase = "running" })!;

        Assert.Contains("No other version", none.Message, StringComparison.Ordinal);
        Assert.Contains("Allowed: test@f00d", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("Allowed: test@beefbeef, test@f00d", several.Message, StringComparison.Ordinal);
        Assert.Equal((CommandStatus.NotPossible, CommandStatus.Planned, CommandStatus.NotPossible), (idle.Status, dry.Status, self.Status));
        Assert.Null(next.State.Upgrade);
    }

    private static IEnumerable<(SourceId Source, long Number)> All => VersionWalk.Sources.SelectMany(s => Enumerable.Range(0, VersionWalk.Length).Select(n => (s, (long)n))).Order();

    private static (VersionWalk Former, VersionWalk Next) Two()
    {
        var (former, next) = (new VersionWalk("f00d"), new VersionWalk("cafe"));
        former.Do(new RunEvent.Wanted("run"));
        Until(former, next, () => former.Runs && former.Read.Count() > 4);
        return (former, next);
    }

    private static Command Begin(VersionWalk former, VersionWalk next)
    {
        var command = Command(CommandKind.Upgrade);
        Assert.Null(next.Ask(command, former.Status()));
        return command;
    }

    private static CommandOutcome Upgrade(VersionWalk former, VersionWalk next, Action? watch = null) => Await(former, next, Begin(former, next), watch);

    private static CommandOutcome Await(VersionWalk former, VersionWalk next, Command command, Action? watch = null)
    {
        CommandOutcome? outcome = null;
        Until(former, next, () =>
        {
            watch?.Invoke();
            return (outcome = next.Ask(command, former.Status())) is not null;
        });
        return outcome!;
    }

    private static void Finish(VersionWalk former, VersionWalk next) => Until(former, next, () => former.State.Run is null && next.State.Run is null);

    private static void Once(VersionWalk former, VersionWalk next) => Assert.Equal(All, former.Read.Concat(next.Read).Order());

    private static void Until(VersionWalk former, VersionWalk next, Func<bool> isSo)
    {
        for (var step = 0; !isSo(); step++)
        {
            Assert.True(step < 4_000, $"It never comes: {former} {next}");
            Round(former, next, null);
        }
    }

    /// <summary>What happens within a moment, in any order where <paramref name="random"/> says which, messages between the versions lost now and then.</summary>
    private static void Round(VersionWalk former, VersionWalk next, Random? random)
    {
        Action[] acts =
        [
            .. new[] { former, next }.SelectMany(v => new Action[] { () => v.Tick(Step), v.WriteDown, v.Work, v.BeginSnapshot, v.CompleteSnapshot }),
            () => Talk(former, next, random),
            () => Talk(next, former, random),
        ];
        foreach (var act in random is null ? acts : acts.Where(_ => random.Next(3) > 0).OrderBy(_ => random.Next()).ToArray())
        {
            act();
        }
    }

    private static void Talk(VersionWalk from, VersionWalk to, Random? random)
    {
        while (from.Said.TryDequeue(out var said))
        {
            if (random?.Next(4) == 0)
            {
                continue;
            }

            to.Do(said.Ask is { } ask ? new RunEvent.VersionAsked(ask) : new RunEvent.VersionTold(said.Answer!));
        }
    }

    private static void Break(int fault, VersionWalk any, VersionWalk next)
    {
        switch (fault)
        {
            case 0 or 1:
                any.Replace();
                break;
            case 2 or 3:
                any.Crash();
                break;
            default:
                if (next is { Runs: true, State.Upgrade.Step: UpgradeStep.Preparing or UpgradeStep.HandingOver })
                {
                    next.Do(new RunEvent.DrainRequested());
                }

                break;
        }
    }
}
