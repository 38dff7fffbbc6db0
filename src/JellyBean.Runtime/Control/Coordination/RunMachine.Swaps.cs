using JellyBean.Planning.Ladders;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Adaptation;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Protocol;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>Variants that people choose: where the plan's ladder has them and its machines can take the planned rates with them, they change in place, and no other plan is needed.</summary>
internal sealed partial class RunMachine
{
    /// <summary>What would run under the plan in force with what people have chosen; null where that takes another plan.</summary>
    private LadderRung? RungFor(Run run, Orders after) =>
        run.IsPlannedHere && Options.Adaptation is { MaySwap: true } ? FastState.RungsOf(run.Plan!, after.Variants).FirstOrDefault(r => r.Capacity >= 1) : null;

    private static RunStep BeginInPlace(RunState state, Run run, Command command, Orders after, LadderRung rung, TimeSpan now) => command.IsDryRun
        ? Answer(state, command, InPlace(run, command, CommandStatus.Planned, $"Nothing has changed; these would run, under the plan in force: {rung.Variants}.", state.ByHand.Orders, rung))
        : Nothing(state with { ByHand = state.ByHand with { Active = new ActiveCommand(command, after, null) { IsInPlace = true, Epoch = run.Epoch, Since = now } } });

    /// <summary>Nodes run what was chosen, or could not: then all is as before.</summary>
    private static RunStep OnChosen(RunState state, RunEvent.Chosen e)
    {
        if (state is not { Phase: RunPhase.Running, Run: { } run, ByHand.Active: { IsInPlace: true } active } || active.Command.Id != e.Command || active.Epoch != run.Epoch)
        {
            return Nothing(state);
        }

        state = state with { ByHand = state.ByHand with { Active = null } };
        if (e.Problem is { } problem)
        {
            return Answer(state, active.Command, InPlace(run, active.Command, CommandStatus.NotPossible, ControlProtocol.Reason(problem)));
        }

        var outcome = InPlace(
            run, active.Command, CommandStatus.Done, $"Changed in place, between two batches; the plan in force stays epoch {run.Epoch}.", state.ByHand.Orders, RungOf(run.Plan!, active.After)).Said(active.Command);
        state = state with { ByHand = state.ByHand with { Orders = active.After.With(new AnsweredCommand(active.Command.Id, 0, outcome)), Active = new ActiveCommand(active.Command, active.After, null) } };
        return new(state, [RecordOf(state)]);
    }

    /// <summary>Where something else came between, it is done again after that; where nodes do not answer, not at all.</summary>
    private RunState Overdue(RunState state, TimeSpan now)
    {
        if (state.ByHand.Active is not { IsInPlace: true } active)
        {
            return state;
        }

        if (state is not { Phase: RunPhase.Running, Run: { Transition: null } run } || run.Epoch != active.Epoch)
        {
            return state with { ByHand = state.ByHand with { Active = null, Waiting = state.ByHand.Waiting.Insert(0, new WaitingCommand(active.Command, now)) } };
        }

        return now - active.Since < Options.DeployDeadline
            ? state
            : Answer(state with { ByHand = state.ByHand with { Active = null } }, active.Command, InPlace(run, active.Command, CommandStatus.NotPossible, $"Nodes have not changed it within {Options.DeployDeadline}.")).State;
    }

    private static CommandOutcome InPlace(Run run, Command command, CommandStatus status, string message, Orders? before = null, LadderRung? rung = null) => CommandCheck.Outcome(command, status, message) with
    {
        Epoch = run.Epoch,
        CostBefore = run.Plan!.Cost.TotalPerHour,
        CostAfter = run.Plan.Cost.TotalPerHour,
        Currency = run.Plan.Cost.Currency,
        Changes = status is CommandStatus.Done or CommandStatus.Planned ? [$"{command.Subject}: variant {command.Argument}, in place"] : [],
        Outputs = before is null || rung is null ? [] : [.. OutputChange.Between(AsChosen(run.Plan, before), With(run.Plan, rung)).Take(MostChanges).Select(o => o with { P99BeforeMs = null, P99AfterMs = null })],
    };

    /// <summary>The plan in force as it runs: with the variants that were chosen in place.</summary>
    private static Plan AsChosen(Plan plan, Orders orders)
    {
        if (orders.Variants.IsEmpty || RungOf(plan, orders) is not { } rung)
        {
            return plan;
        }

        var ways = rung.Ways.Where(w => orders.Variants.ContainsKey(w.Operator)).ToDictionary(w => w.Operator);
        return With(plan, rung) with { Placements = [.. plan.Placements.Select(p => ways.TryGetValue(p.Operator, out var way) ? p with { Variant = way.Variant, BatchSize = way.BatchSize } : p)] };
    }

    private static LadderRung? RungOf(Plan plan, Orders orders) => FastState.RungsOf(plan, orders.Variants).FirstOrDefault();

    /// <summary>The plan with the accuracies of a rung.</summary>
    private static Plan With(Plan plan, LadderRung rung)
    {
        var reached = rung.Accuracies.ToDictionary(a => a.Output, a => a.Value);
        return plan with { Outputs = [.. plan.Outputs.Select(o => reached.TryGetValue(o.Output, out var value) ? o with { Accuracy = value } : o)] };
    }
}
