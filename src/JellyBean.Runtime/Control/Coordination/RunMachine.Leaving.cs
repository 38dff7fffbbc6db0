using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Protocol;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>How nodes that were told to end are let go: what they run moves away; where it cannot, it goes on for a while, and ends behind a last snapshot.</summary>
internal sealed partial class RunMachine
{
    private RunStep OnLeaving(RunState state, WorkerId worker, TimeSpan now)
    {
        if (!state.Nodes.TryGetValue(worker, out var node))
        {
            return Nothing(state);
        }

        if (node.LeavingSince is { } since)
        {
            return Told(state, worker, now - since);
        }

        state = state with { Nodes = state.Nodes.SetItem(worker, node with { LeavingSince = now }) };
        if (state is { Phase: RunPhase.Running, Run: { IsPlannedHere: true } running })
        {
            return running.Transition?.Plan is { } plan && PartsOf(plan).ContainsKey(worker)
                ? GiveUp(state, running, running.Transition, $"Node '{worker}' is leaving.", now)
                : Settle(state, running, now);
        }

        return state is { Phase: RunPhase.Gathering or RunPhase.Recording or RunPhase.Deploying, Run: { IsPlannedHere: true } run } && run.Parts.ContainsKey(worker)
            ? Replan(state, run, $"Node '{worker}' is leaving.", now)
            : Nothing(state);
    }

    /// <summary>A node says again that it leaves: it may not have heard that it is free, or wants to know what it waits for.</summary>
    private RunStep Told(RunState state, WorkerId worker, TimeSpan waited)
    {
        return state switch
        {
            { Phase: RunPhase.Planning, Run: { Problem: not null, Epoch: > 0 } run } => new(state, [new RunEffect.Send(worker, new Stop(run.Epoch))]),
            { Phase: RunPhase.Running, Run: { Unplanned: { } why } run } when run.Parts.ContainsKey(worker) => Later(why, Options.LeaveDeadline + Options.StopDeadline),
            { Phase: RunPhase.Running, Run: { Unmoved: { } why } run } when run.Parts.ContainsKey(worker) => Later(
                ControlProtocol.Line($"What it runs could not be prepared elsewhere, and is tried again every {rules.PlanAgainAfter.TotalSeconds:0.#} s; if that is in vain, it goes on from the last snapshot once the node has ended. {why}"), Options.DrainDeadline),
            _ => Nothing(state),
        };

        RunStep Later(string reason, TimeSpan patience) =>
            new(state, [new RunEffect.Send(worker, new LeaveLater(reason, waited < patience ? patience - waited : TimeSpan.Zero))]);
    }

    /// <summary>What became of a node that is not there any more.</summary>
    private static string Went(RunState state, WorkerId worker) => state.Nodes[worker].IsLeaving ? $"Node '{worker}' has left." : $"Node '{worker}' was lost.";

    /// <summary>Nobody else can do what leaving nodes do: it goes on as long as they wait, and another plan is looked for again.</summary>
    private RunStep GoOnWith(RunState state, Run run, Wish wish, IEnumerable<string> reasons, TimeSpan now)
    {
        var why = ControlProtocol.Line($"{wish.Reason} No plan fits without it: {string.Join(' ', reasons)}");
        run = Noted(run with { Unplanned = why, SeekAgainAt = now + rules.PlanAgainAfter }, $"{why} What runs goes on for {Options.LeaveDeadline.TotalSeconds:0} s more, and ends then unless another plan is found.", now);
        return new(state with { Run = run }, [new RunEffect.Tell(run.History[^1], IsTrouble: true)]);
    }

    /// <summary>Whoever coordinates is about to end.</summary>
    private static RunStep OnLeadEnds(RunState state, TimeSpan now) => Nothing(state with { LeadEnds = state.LeadEnds ?? new LeadEnd(now) });

    private RunStep WithLeaving(RunStep step, TimeSpan now)
    {
        var next = LetGoOfLeaving(step.State, now);
        return next with { Effects = [.. step.Effects, .. next.Effects] };
    }

    private RunStep OnSecured(RunState state, TimeSpan now) => state switch
    {
        { Phase: RunPhase.Securing, Run: { } run } => Enter(state, RunPhase.Stopping, run, now),
        { Phase: RunPhase.Running, Run: { ClosingSince: not null } run } => Closed(state, run, now),
        _ => Nothing(state),
    };

    /// <summary>Ends what cannot go on, once its time is over, and lets whoever coordinates go.</summary>
    private RunStep LetGoOfLeaving(RunState state, TimeSpan now)
    {
        if (state is not { Phase: RunPhase.Running, Run: { IsPlannedHere: true, Transition: null } run })
        {
            return LetLeadGo(state);
        }

        if (run.ClosingSince is { } since)
        {
            return now - since >= Options.StopDeadline ? Closed(state, run, now) : Nothing(state);
        }

        return WhyClose(state, run, now) is { } why ? Close(state, run, why, now)
            : state.LeadEnds is { } end && now - end.Since >= rules.ResendAfter ? LetLeadGo(state)
            : Nothing(state);
    }

    private string? WhyClose(RunState state, Run run, TimeSpan now)
    {
        var leaving = Leaving(state, run);
        return leaving.Count > 0 && NobodyStays(state) ? "All nodes are leaving."
            : run.Unplanned is { } why && IsOverdue(state, run, now) ? why
            : state.LeadEnds is { IsSecured: false } ? "The node that coordinates is leaving."
            : null;
    }

    /// <summary>What is settled so far is stored and committed once more; no other plan comes meanwhile.</summary>
    private RunStep Close(RunState state, Run run, string why, TimeSpan now)
    {
        run = Noted(run with { Wish = null, Next = null, ClosingSince = now }, Options.Snapshots is null ? why : $"{why} A last snapshot is taken, within {Options.StopDeadline.TotalSeconds:0} s.", now);
        state = state with { Run = run };
        var told = new RunEffect.Tell(run.History[^1], IsTrouble: true);
        if (Options.Snapshots is not null)
        {
            return new(state, [told, new RunEffect.WantLastSnapshot()]);
        }

        var step = Closed(state, run, now);
        return step with { Effects = step.Effects.Insert(0, told) };
    }

    /// <summary>The last snapshot is complete, or was given up.</summary>
    private RunStep Closed(RunState state, Run run, TimeSpan now)
    {
        run = run with { ClosingSince = null };
        state = state with { Run = run, LeadEnds = state.LeadEnds is { } end ? end with { IsSecured = true } : null };
        if (Leaving(state, run).Count > 0 && NobodyStays(state))
        {
            // There is nothing to ask the planner for.
            return Wait(
                state with { Phase = RunPhase.Planning, Asked = state.Asked + 1 }, WithoutTransition(run) with { Since = now }, "All nodes have left. The run goes on from its last snapshot once nodes are there again.", now);
        }

        return run.Unplanned is { } why && IsOverdue(state, run, now) ? Replan(state, run, why, now) : Settle(state, run, now);
    }

    private bool IsOverdue(RunState state, Run run, TimeSpan now) =>
        run.Wish is not { IsUrgent: true } && Leaving(state, run).Exists(w => now - state.Nodes[w].LeavingSince >= Options.LeaveDeadline);

    private static RunStep LetLeadGo(RunState state) => state.LeadEnds is null ? Nothing(state) : new(state, [new RunEffect.LetLeadGo()]);

    private static bool NobodyStays(RunState state) => state.MembersBut(state.ByHand.Orders.Drained).IsEmpty;

    /// <summary>Those with a part of the plan in force that were told to end.</summary>
    private static List<WorkerId> Leaving(RunState state, Run run) => [.. run.Parts.Keys.Where(w => state.Nodes.TryGetValue(w, out var node) && node.IsLeaving)];
}
