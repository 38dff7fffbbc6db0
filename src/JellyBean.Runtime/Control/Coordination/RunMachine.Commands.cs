using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Control.Upgrades;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>What people command: one command after the other, planned before anything is touched, written down with the plan that does it.</summary>
internal sealed partial class RunMachine
{
    private const int MostChanges = 50;

    private RunStep OnCommanded(RunState state, Command command, TimeSpan now)
    {
        if (command.ProtocolVersion != ControlProtocol.Version)
        {
            return new(state, [new RunEffect.Reply(new CommandIs(command.Id, CommandCheck.Outcome(
                command, CommandStatus.Refused, $"This program speaks version {command.ProtocolVersion} of the control protocol, the cluster speaks version {ControlProtocol.Version}. Run the same build on both.")))]);
        }

        var step = Nothing(state with { ByHand = state.ByHand.Heard(command.Id, now) });
        if (!state.ByHand.Knows(command.Id) && state.Upgrade?.Id != command.Id)
        {
            step = state.ByHand.Waiting.Length < rules.MostWaiting
                ? BeginCommand(state with { ByHand = state.ByHand with { Waiting = state.ByHand.Waiting.Add(new WaitingCommand(command, now)) } }, now)
                : Answer(state, command, CommandCheck.Outcome(command, CommandStatus.NotPossible, $"{rules.MostWaiting} commands wait already. Try again once they are done."));
        }

        var answered = step.State.ByHand.Active?.Command.Id == command.Id ? null : step.State.ByHand.Orders.AnswerTo(command.Id);
        IControlMessage reply = answered is not null && IsInForce(step.State, answered) ? new CommandIs(command.Id, Told(step.State, answered)) : new CommandGoesOn(command.Id);
        return step with { Effects = step.Effects.Add(new RunEffect.Reply(reply)) };
    }

    /// <summary>Begins the next command, if none is being done and what runs stands still.</summary>
    private RunStep BeginCommand(RunState state, TimeSpan now)
    {
        state = Overdue(state, now);
        var hand = state.ByHand with { Waiting = [.. state.ByHand.Waiting.Where(w => now - w.HeardAt < rules.ForgetCommandAfter)] };
        state = state with { ByHand = hand };
        if (hand is not { Active: null, Waiting: [var first, ..] } || state.Upgrade is { IsForced: false } or { Step: not UpgradeStep.Retiring }
            || state is { Run.Problem: null, Phase: RunPhase.Planning } or { Phase: RunPhase.Gathering or RunPhase.Recording or RunPhase.Deploying or RunPhase.Moving } or { Run.Transition: not null } or { Run.ClosingSince: not null })
        {
            return Nothing(state);
        }

        var command = first.Command;
        state = state with { ByHand = hand with { Waiting = hand.Waiting.RemoveAt(0) } };
        var step = Begin(state, command, CommandCheck.Of(command, state, rules.Names), now);

        // What was answered at once makes room for the next.
        return step.State.ByHand.Active is null ? WithNextCommand(step, now) : step;
    }

    private RunStep WithNextCommand(RunStep step, TimeSpan now)
    {
        var next = BeginCommand(step.State, now);
        return next with { Effects = [.. step.Effects, .. next.Effects] };
    }

    private RunStep Begin(RunState state, Command command, (Orders? After, CommandOutcome? Outcome) check, TimeSpan now)
    {
        if (check.After is not { } after)
        {
            return Answer(state, command, check.Outcome!);
        }

        switch (state)
        {
            case var _ when command.Kind == CommandKind.Upgrade:
                return BeginUpgrade(state, command, now);
            case var _ when command.Kind is CommandKind.Add or CommandKind.Remove && !state.Custody.Away.IsEmpty && state.Run is not null:
                return NotPossible("Another version is taking the place of this one. Add it there, once it has.");
            case var _ when command.Kind is CommandKind.Pause or CommandKind.Resume:
                return Hold(state, command, after);
            case { Phase: RunPhase.Running, Run: { } run } when command.Kind == CommandKind.Swap && RungFor(run, after) is { } rung:
                return BeginInPlace(state, run, command, after, rung, now);
            case { Phase: RunPhase.Running, Run: { IsPlannedHere: true } run }:
                state = state with { Asked = state.Asked + 1, ByHand = state.ByHand with { Active = new ActiveCommand(command, after, state.Asked + 1) } };
                return new(state, [new RunEffect.MakePlan(state.Asked, RequestOf(state, run, after) with { IsDryRun = command.IsDryRun })]);
            case { Phase: RunPhase.Running }:
                return NotPossible("The plan was handed in by the program that runs it; only that program changes it.");
            case { Phase: RunPhase.Planning, Run: { } run } when !command.IsDryRun:
                var written = Write(state, command, after, "No plan fits at the moment; it is planned again.");
                var asked = AskForPlan(written.State, run, now);
                return asked with { Effects = [.. written.Effects, .. asked.Effects] };
            case var _ when command.Kind == CommandKind.Replan:
                return NotPossible(state.Run is null ? "Nothing runs. 'run' lets the cluster run its workflow." : "No plan is in force that another one could replace.");
            case var _ when command is { IsDryRun: true, Kind: CommandKind.Drain or CommandKind.Return }:
                return Answer(state, command, CommandCheck.Outcome(command, CommandStatus.Planned, "No plan is in force; it would count from the next one on."));
            case var _ when command.IsDryRun:
                return NotPossible("Nothing runs that could be planned anew.");
            default:
                return Write(state, command, after, "It counts from the next plan on.");
        }

        RunStep NotPossible(string why) => Answer(state, command, CommandCheck.Outcome(command, CommandStatus.NotPossible, why));
    }

    /// <summary>A plan for a command was made, or none fits.</summary>
    private RunStep OnProposed(RunState state, ActiveCommand active, ClusterPlan answer, TimeSpan now)
    {
        var (command, after) = (active.Command, active.After);
        state = state with { ByHand = state.ByHand with { Active = null } };
        if (state is not { Phase: RunPhase.Running, Run: { Plan: { } before, Transition: null } run })
        {
            // Something else has happened meanwhile: planned again once that is over.
            return Nothing(state with { ByHand = state.ByHand with { Waiting = state.ByHand.Waiting.Insert(0, new WaitingCommand(command, now)) } });
        }

        var outcome = CommandCheck.Outcome(command, CommandStatus.NotPossible, "") with { Epoch = run.Epoch, CostBefore = before.Cost.TotalPerHour, Currency = before.Cost.Currency };
        if (Unnumbered(answer.Plan) is not { } plan)
        {
            var problem = (command.Kind == CommandKind.Drain ? CommandCheck.NobodyElse(new WorkerId(command.Subject), state, before, answer.Reasons) : null) ?? $"No plan fits. {string.Join(" ", answer.Reasons)}";
            return Answer(state, command, outcome with { Status = CommandStatus.NoPlan, Message = ControlProtocol.Reason(problem) });
        }

        if (Objection(state, plan) is { } objection)
        {
            return Answer(state, command, outcome with { Message = $"{objection} Try again." });
        }

        outcome = outcome with
        {
            CostAfter = plan.Cost.TotalPerHour,
            Changes = [.. PlanChanges.Of(before, plan).Take(MostChanges).Select(ControlProtocol.Line)],
            Shortfalls = [.. answer.Shortfalls.Take(MostChanges).Select(ControlProtocol.Line)],
            Outputs = [.. OutputChange.Between(AsChosen(before, state.ByHand.Orders), plan).Take(MostChanges)],
        };
        var stops = outcome.Changes.IsEmpty || WhyNotWhileItFlows(state, run, plan) is not { } why ? "" : $" {why}";
        if (command.IsDryRun)
        {
            return Answer(state, command, outcome with { Status = CommandStatus.Planned, Message = outcome.Changes.IsEmpty ? "Nothing would change." : $"Nothing has changed; this would.{stops}" });
        }

        return outcome.Changes.IsEmpty
            ? Write(state, command, after, $"The plan in force, epoch {run.Epoch}, stays: nothing moves.", outcome)
            : Adopt(state, run, answer, command, after, outcome with { Message = $"Another plan has taken the place of epoch {run.Epoch}.{stops}" }, now);
    }

    /// <summary>Puts a command's plan in force, and writes both down at once.</summary>
    private RunStep Adopt(RunState state, Run run, ClusterPlan answer, Command command, Orders after, CommandOutcome outcome, TimeSpan now)
    {
        var plan = Unnumbered(answer.Plan)!;
        var epoch = NextEpoch(state, run with { Plan = plan });
        outcome = (outcome with { Status = CommandStatus.Done, Epoch = epoch }).Said(command);
        state = state with { ByHand = Emptied(state.ByHand with { Until = state.ByHand.Orders, Orders = after.With(new AnsweredCommand(command.Id, epoch, outcome)) }, command, run) };
        return OnProposed(state, new RunEvent.Proposed(plan, $"By hand: {command}.") { Shortfalls = answer.Shortfalls, IsUrgent = true }, now);
    }

    /// <summary>A command's plan cannot come into force: nothing has changed, and whoever asked is told why.</summary>
    private static RunState TakenBack(RunState state, Run run, Transition transition, string reason)
    {
        if (state.ByHand is not { Until: { } until } hand)
        {
            return state;
        }

        var answered = hand.Orders.Answered.Select(a => a.Epoch != transition.Epoch ? a : a with
        {
            Epoch = 0,
            Outcome = a.Outcome with { Status = CommandStatus.NotPossible, Epoch = run.Epoch, Message = ControlProtocol.Reason($"The plan in force stays, for the other could not be prepared. {reason}") },
        });
        return state with { ByHand = hand with { Until = null, Orders = until with { Answered = [.. answered] }, Emptying = hand.Emptying.Intersect(until.Drained) } };
    }

    /// <summary>Keeps what needs no other plan; it is answered once it is written down.</summary>
    private static RunStep Write(RunState state, Command command, Orders after, string message, CommandOutcome? outcome = null)
    {
        outcome = ((outcome ?? CommandCheck.Outcome(command, CommandStatus.Done, message)) with { Status = outcome is null ? CommandStatus.Done : CommandStatus.Unchanged, Message = message }).Said(command);
        state = state with { ByHand = state.ByHand with { Orders = after.With(new AnsweredCommand(command.Id, 0, outcome)), Active = new ActiveCommand(command, after, null) } };
        return new(state, [RecordOf(state)]);
    }

    private static RunStep Answer(RunState state, Command command, CommandOutcome outcome) =>
        Nothing(state with { ByHand = state.ByHand with { Orders = state.ByHand.Orders.With(new AnsweredCommand(command.Id, 0, outcome.Said(command))) } });

    private static RunState Written(RunState state) =>
        state.ByHand.Active is { Asked: null, IsInPlace: false } ? state with { ByHand = state.ByHand with { Active = null } } : state;

    /// <summary>Nothing is left on a node.</summary>
    private static RunState Free(RunState state, WorkerId node) =>
        state.ByHand.Emptying.Contains(node) ? state with { ByHand = state.ByHand with { Emptying = state.ByHand.Emptying.Remove(node) } } : state;

    private static ByHand Emptied(ByHand hand, Command command, Run run) =>
        command.Kind == CommandKind.Drain && run.Parts.Keys.FirstOrDefault(w => w.Value == command.Subject) is { Value: not null } node ? hand with { Emptying = hand.Emptying.Add(node) } : hand;

    private static bool IsInForce(RunState state, AnsweredCommand answered) =>
        (answered.Epoch == 0 && IsHeld(state, answered)) || state.Run is not { } run
        || (answered.Epoch > 0 && state.Phase == RunPhase.Running && run.Epoch >= answered.Epoch && !state.ByHand.Emptying.Any(n => answered.Outcome.Command == $"drain {n}"));

    private static CommandOutcome Told(RunState state, AnsweredCommand answered) => answered switch
    {
        { Epoch: > 0 } when state.Run is null => answered.Outcome with { Message = $"{answered.Outcome.Message} The run has ended." },
        { Epoch: > 0 } when state.Run!.Epoch > answered.Epoch => answered.Outcome with { Epoch = state.Run.Epoch, Message = $"{answered.Outcome.Message} By now epoch {state.Run.Epoch} is in force." },
        _ => answered.Outcome,
    };

    private static ClusterPlanRequest RequestOf(RunState state, Run run, Orders orders) =>
        new(state.MembersBut(orders.Drained), IsFirst: run.Epoch == 0) { Pins = orders.Pins, Variants = orders.Variants, Drained = orders.Drained, Added = [.. orders.Sources.Added.Values], Removed = orders.Sources.Removed, InForce = run.Epoch == 0 ? null : AsChosen(run.Plan!, orders) };

    private static long NextEpoch(RunState state, Run run) => Math.Max(Math.Max(state.LastEpoch, run.Epoch), run.Plan!.Epoch) + 1;
}
