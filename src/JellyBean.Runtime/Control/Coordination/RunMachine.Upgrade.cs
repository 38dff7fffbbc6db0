using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Control.Upgrades;
using JellyBean.Runtime.Sources;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>This version takes the place of another one: it starts with every source held up, takes them one after the other, and lets the other one end. Where something goes wrong, it gives all back and ends itself.</summary>
/// <remarks>
/// The other version is told what it is to read, whole, again and again: nothing depends on a message that is lost. A source is asked for before it is taken, and taken only once the other one has written down that it does not
/// read it and will never have to read again what it has read. It is given back in the same way.
/// </remarks>
internal sealed partial class RunMachine
{
    private static RunStep BeginUpgrade(RunState state, Command command, TimeSpan now)
    {
        var others = state.Others.Where(o => command.Subject.Length == 0 ? o.Phase == Name(RunPhase.Running) : IsNamed(o, command.Subject)).ToList();
        if (others is not [var other])
        {
            var found = (others.Count, command.Subject.Length) switch
            {
                (0, 0) => "No other version of the workflow runs.",
                (0, _) => $"There is no other version '{command.Subject}' of the workflow.",
                _ => "There are several other versions of the workflow: name one.",
            };
            return Answer(state, command, CommandCheck.Refuse(command, found, state.Others.Select(o => o.Version)).Outcome!);
        }

        return state switch
        {
            { Run: { } run } => NotPossible($"This version runs already, by epoch {run.Epoch}. 'stop' ends it."),
            _ when other.Phase != Name(RunPhase.Running) => NotPossible($"{other.Version} is {other.Phase}: it has nothing to hand over. 'start' begins this version."),
            _ when command.IsDryRun => Answer(state, command, CommandCheck.Outcome(command, CommandStatus.Planned, $"Nothing has changed; this version would take the place of {other.Version}.")),
            _ => Upgrading(state, new Upgrade { Id = command.Id, Command = command.ToString(), From = other.Fingerprint, Since = now }),
        };

        RunStep NotPossible(string why) => Answer(state, command, CommandCheck.Outcome(command, CommandStatus.NotPossible, why));
    }

    /// <summary>Time has passed, or the other version has answered.</summary>
    private RunStep WithUpgrade(RunStep step, TimeSpan now)
    {
        if (step.State.Upgrade is not { } upgrade)
        {
            return step with { Effects = step.Effects.AddRange(Attended(step.State)) };
        }

        var next = Advance(step.State, upgrade, step.State.Other is { } other && other.Turn == upgrade.Turn ? other : null, now);
        var state = next.State;
        return new(state, [.. step.Effects, .. next.Effects, .. Attended(state), .. state.Upgrade is { } goes ? new RunEffect[] { new RunEffect.CallVersion(goes.From, Asked(state, goes)) } : []]);
    }

    private RunStep Advance(RunState state, Upgrade upgrade, VersionIs? other, TimeSpan now) => upgrade.Step switch
    {
        UpgradeStep.Preparing => Prepare(state, upgrade, other, now),
        UpgradeStep.HandingOver => HandOver(state, upgrade, other, now),
        UpgradeStep.Retiring => Retire(state, upgrade, other, now),
        _ => Undo(state, upgrade, other, now),
    };

    private RunStep Prepare(RunState state, Upgrade upgrade, VersionIs? other, TimeSpan now)
    {
        switch (state)
        {
            case { Run: null } when !upgrade.Sources.IsEmpty:
                return Undone(state, upgrade, other, state.Ended?.Failure ?? "This version was told to stop.", now);
            case { Run: null } when other is { Phase: RunPhase.Running, Sources.IsEmpty: false }:
                return Deployed(state, upgrade, other, now);
            case { Run.Problem: { } problem }:
                return Undone(state, upgrade, other, problem, now);

            // With a snapshot: what it takes, it can go back to.
            case { Phase: RunPhase.Running, Run: { Transition: null } run } when run.Parts.Values.All(p => p.Report is not null) && (Options.Snapshots is null || run.Snapshot > 0):
                return Upgrading(state, upgrade.Enter(UpgradeStep.HandingOver, now));
            default:
                return now - upgrade.Since < Options.DeployDeadline ? Nothing(state) : Undone(
                    state, upgrade, other, state.Run is null ? "The other version does not run, or its coordinator does not answer." : $"The plan of this version is not in force within {Options.DeployDeadline}. {state.Run.Problem}".TrimEnd(), now);
        }
    }

    /// <summary>Has this version planned and deployed, reading what the other one reads, with all of it held up.</summary>
    private RunStep Deployed(RunState state, Upgrade upgrade, VersionIs other, TimeSpan now)
    {
        var names = rules.Names;
        var unknown = names.Inputs.IsEmpty ? [] : other.Sources.Where(s => !names.Configured.Contains(s) && !other.Orders.Added.ContainsKey(s)).ToList();
        if (unknown.Count > 0)
        {
            return Undone(state, upgrade, other, $"This version does not know the sources {string.Join(", ", unknown)}, which the other one reads. Configure them for its nodes, or remove them from the other one.", now);
        }

        state = state with
        {
            ByHand = state.ByHand with { Orders = state.ByHand.Orders with { Sources = other.Orders } },
            Custody = Custody.None.Give(other.Sources, upgrade.From),
            LastEpoch = Math.Max(state.LastEpoch, other.LastEpoch),
            Upgrade = upgrade with { Sources = [.. other.Sources.Order()] },
        };

        // Sinks keep what they have: nothing begins anew. What this version did before is accounted for.
        var run = Noted(new Run { Id = upgrade.Id, IsPlannedHere = true, Snapshot = 0, Losses = Losses.None with { Epoch = state.LastEpoch } }, $"It takes the place of another version of the workflow ({upgrade.Command}).", now);
        var step = AskForPlan(state, run, now);
        return new(step.State, [new RunEffect.Tell(run.History[^1], IsTrouble: false), .. step.Effects, RecordOf(step.State)]);
    }

    private RunStep HandOver(RunState state, Upgrade upgrade, VersionIs? other, TimeSpan now)
    {
        if (state.Run is not { } run)
        {
            return Undone(state, upgrade, other, state.Ended?.Failure ?? "This version was told to stop.", now);
        }

        if (run.IsDraining)
        {
            return Nothing(state);
        }

        if (upgrade.InHand is { } source)
        {
            if (!state.Custody.IsAway(source))
            {
                return Flows(state, run, source) ? Taken(state, upgrade, run, source, now)
                    : Late(now, upgrade) ? Undone(state, upgrade, other, $"This version has not read source '{source}' within {Options.DeployDeadline}. {run.Problem}".TrimEnd(), now)
                    : Nothing(state);
            }

            if (other is { Phase: RunPhase.Idle } && !other.Parked.ContainsKey(source))
            {
                // It has ended, and nobody knows any more how far it had come: read to its end, or not to be read.
                return Upgrading(state, upgrade with { InHand = null, Sources = upgrade.Sources.Remove(source), Told = upgrade.Told.Add($"{source}: not read any more, it has ended with the other version") });
            }

            return other is not null && HasHeardAll(run) && other.Away.Contains(source) && other.Parked.TryGetValue(source, out var parked)
                ? Entrusted(state, state.Custody.Take(new SourceStart(source, parked.Number, parked.Number - OfferedOf(run, source))), other.LastEpoch)
                : Late(now, upgrade) ? Undone(state, upgrade, other, $"The other version has not let go of source '{source}' within {Options.DeployDeadline}.", now)
                : Nothing(state);
        }

        if (upgrade.Sources.Where(state.Custody.IsAway).Select(s => (SourceId?)s).FirstOrDefault() is { } next)
        {
            return Nothing(state with { Upgrade = upgrade with { InHand = next, Since = now } });
        }

        return Upgrading(state, upgrade.Enter(UpgradeStep.Retiring, now));
    }

    private bool Late(TimeSpan now, Upgrade upgrade) => now - upgrade.Since >= Options.DeployDeadline;

    private RunStep Taken(RunState state, Upgrade upgrade, Run run, SourceId source, TimeSpan now)
    {
        // A live source may have numbers of its own here.
        var report = run.Parts.Values.Select(p => p.Report).OfType<FragmentReport>().SelectMany(r => r.Sources).First(s => s.Source == source);
        var from = Math.Max(state.Custody.From[source].Number, report.First);
        var line = string.Create(CultureInfo.InvariantCulture, $"{source}: read here from number {from} on; {(report.IsLive ? "nobody read it for at most" : "handed over in")} {(now - upgrade.Since).TotalSeconds:F1} s");
        run = Noted(run, $"Handed over: {line}.", now);
        return new(state with { Run = run, Upgrade = upgrade with { InHand = null, Told = upgrade.Told.Add(line) } }, [new RunEffect.Tell(run.History[^1], IsTrouble: false)]);
    }

    private RunStep Retire(RunState state, Upgrade upgrade, VersionIs? other, TimeSpan now) =>
        other is { Phase: RunPhase.Idle }
            ? upgrade.IsForced ? Upgrading(state, null) : Over(state, upgrade, CommandStatus.Done, "This version has taken the place of the other one, which has ended.")
        : !upgrade.IsForced && now - upgrade.Since >= Options.DrainDeadline + Options.StopDeadline
            ? Over(state, upgrade, CommandStatus.Done, "This version reads all sources. The other one has not finished what it had admitted; it ends once it has.", upgrade with { IsForced = true })
            : Nothing(state);

    /// <summary>What was handed over is given back, if there is somebody to take it; if not, there is only forward.</summary>
    private static RunStep Undone(RunState state, Upgrade upgrade, VersionIs? other, string problem, TimeSpan now)
    {
        if (other is { Runs: false } && state.Run is not null && !state.Custody.From.IsEmpty)
        {
            return Nothing(state with { Upgrade = upgrade with { Since = now } });
        }

        var custody = state.Custody.Give(upgrade.Sources, upgrade.From);
        state = state with { Upgrade = upgrade.Enter(UpgradeStep.Undoing, now) with { Problem = ControlProtocol.Line(problem) } };
        var step = Entrusted(state, custody, 0);
        return step with { Effects = [.. step.Effects, RecordOf(step.State)] };
    }

    private RunStep Undo(RunState state, Upgrade upgrade, VersionIs? other, TimeSpan now)
    {
        if (other is { Runs: false } && state.Run is { IsDraining: false } && state.Phase != RunPhase.Stopping && !state.Custody.From.IsEmpty)
        {
            // It has ended meanwhile: there is nobody to give anything back to.
            return Upgrading(state, upgrade.Enter(UpgradeStep.HandingOver, now) with { Problem = "" });
        }

        if (other is { Away.IsEmpty: true, IsWritten: true })
        {
            var step = Over(state, upgrade, CommandStatus.NotPossible, $"{(other.Runs ? "The other version reads all its sources, as before." : "The other version has ended as well.")} {upgrade.Problem}");
            var ended = OnDrain(step.State, now);
            return new(ended.State, [.. step.Effects, .. ended.Effects]);
        }

        // It does not hold up what it was to give back: what it still has read by then is read again by the other one.
        if (state.Run is not null && !upgrade.IsForced && Late(now, upgrade))
        {
            return Fail(state with { Upgrade = upgrade with { IsForced = true } }, $"It could not take the place of another version, nor give back in time what it had taken. {upgrade.Problem}", null, now);
        }

        return Nothing(state);
    }

    private static RunStep Over(RunState state, Upgrade upgrade, CommandStatus status, string message, Upgrade? then = null)
    {
        var outcome = new CommandOutcome { Command = upgrade.Command, Status = status, Message = ControlProtocol.Reason(message), Changes = upgrade.Told, Epoch = state.Run?.Epoch ?? 0 };
        return Upgrading(state with { ByHand = state.ByHand with { Orders = state.ByHand.Orders.With(new AnsweredCommand(upgrade.Id, 0, outcome)) } }, then);
    }

    private static RunStep Upgrading(RunState state, Upgrade? upgrade)
    {
        state = state with { Upgrade = upgrade, Other = null };
        return new(state, [RecordOf(state)]);
    }

    /// <summary>What the other version is to read, by what is written down here.</summary>
    private AskVersion Asked(RunState state, Upgrade upgrade)
    {
        bool IsAwayHere(SourceId source) => state.Custody.IsAway(source) && state.Kept.IsAway(source);
        var back = upgrade.Step == UpgradeStep.Undoing
            ? upgrade.Sources.Where(IsAwayHere).Select(s => (Source: s, Number: GivenBack(state, s))).Where(s => s.Number is not null).Select(s => (s.Source, s.Number!.Value)).ToImmutableArray()
            : [];
        return new AskVersion(rules.Fingerprint, upgrade.Turn)
        {
            Away = upgrade.Step switch
            {
                UpgradeStep.Preparing => [],
                UpgradeStep.Undoing => [.. upgrade.Sources.Where(s => !IsAwayHere(s) || back.All(b => b.Source != s))],
                _ => [.. upgrade.Sources.Where(s => !IsAwayHere(s) || s == upgrade.InHand)],
            },
            Back = [.. back.Where(b => b.Item2 >= 0)],
            LastEpoch = state.LastEpoch,
            Retires = upgrade.Step == UpgradeStep.Retiring,
        };
    }

    /// <summary>Where the other version goes on with a source; -1 where it was never read here, null while it may still be.</summary>
    private static long? GivenBack(RunState state, SourceId source) =>
        !state.Custody.From.TryGetValue(source, out var start) ? -1
        : state.Run is not { } run ? start.Number
        : run.Parked.TryGetValue(source, out var parked) && parked.IsSafe ? parked.Number
        : null;

    /// <summary>The run ends while it takes another version's place: where that one is to go on is written down with the end.</summary>
    /// <remarks>Of a run that has failed, what sinks hold is not known: a file is read again from where it was taken; a live source, which gives nothing twice, goes on with numbers that nobody has had.</remarks>
    private static RunState WithLeft(RunState state, Run run)
    {
        if (state.Upgrade is null)
        {
            return state;
        }

        var parked = ParkedIn(run.Parts.Values.Select(p => p.Report).OfType<FragmentReport>());
        var hasDrained = run is { Failure: null } && run.Parts.Values.All(p => p.IsCompleted);
        state = state with { LastEpoch = state.LastEpoch + 1 };
        var left = from start in state.Custody.From.Values
                   let at = parked.GetValueOrDefault(start.Source)
                   where at is not null && (hasDrained || at.IsLive)
                   select start with { Number = Math.Max(start.Number, hasDrained ? at.Number : SourceNumbers.FirstIn(state.LastEpoch)) };
        return state with { Custody = state.Custody with { From = state.Custody.From.SetItems(left.Select(s => KeyValuePair.Create(s.Source, s))) } };
    }

    private static bool Flows(RunState state, Run run, SourceId source) => state is { Phase: RunPhase.Running } && !HeldUp(state with { ByHand = new() }).Contains(source)
        && run.Parts.Values.Select(p => p.Report).OfType<FragmentReport>().Where(r => r.Epoch == run.Epoch).SelectMany(r => r.Sources)
            .Any(s => s.Source == source && (s.Ended || s.IsPaused == state.ByHand.Orders.Sources.Paused.Contains(source)) && s.First + s.Offered >= state.Custody.From[source].Number);

    private static bool IsNamed(WorkflowStatus other, string named) => other.Fingerprint == named || (named.LastIndexOf('@') is >= 0 and var at
        ? other.Name == named[..at] && other.Fingerprint.StartsWith(named[(at + 1)..], StringComparison.Ordinal)
        : other.Name == named);

    private static string Name(RunPhase phase) => phase.ToString().ToLowerInvariant();
}
