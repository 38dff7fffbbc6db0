using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>How a plan takes the place of the one in force while elements flow: prepared beside it, recorded, taken over. One at a time; of those that come meanwhile, the latest is next.</summary>
/// <remarks>Until it is recorded, giving up costs nothing and the plan in force goes on. After that there is only forward: what fails then is a crash, and a later epoch goes on from the last snapshot.</remarks>
internal sealed partial class RunMachine
{
    /// <summary>Puts a plan that was made elsewhere in place of the one in force. One that cannot be carried out changes nothing, and says why.</summary>
    private RunStep OnProposed(RunState state, RunEvent.Proposed e, TimeSpan now)
    {
        if (state.Run is not { } run)
        {
            return Nothing(state);
        }

        if (Objection(state, e.Plan) is not { } objection)
        {
            return Settle(state, run with { Next = new WantedPlan(e.Plan, e.Reason, e.Shortfalls, e.IsUrgent) }, now);
        }

        run = Noted(run, $"{e.Reason} The plan that was proposed is not put in force: {objection}", now);
        return new(state with { Run = run }, [new RunEffect.Tell(run.History[^1], IsTrouble: true)]);
    }

    /// <summary>Why a plan cannot take the place of the one in force; null if it can.</summary>
    private string? Objection(RunState state, Plan plan)
    {
        if (state.Phase is not (RunPhase.Running or RunPhase.Moving))
        {
            return $"The run is {state.Phase.ToString().ToLowerInvariant()}; only a plan that runs can be replaced.";
        }

        if (plan.WorkflowFingerprint != rules.Fingerprint)
        {
            return $"It is for a workflow with fingerprint {plan.WorkflowFingerprint}, the nodes have built one with fingerprint {rules.Fingerprint}. Plan again.";
        }

        if (Encoding.UTF8.GetByteCount(PlanText.Write(plan)) is > MostPlanBytes and var bytes)
        {
            return TooLarge(plan, bytes);
        }

        var gone = Gone(state, plan);
        return gone.Count > 0 ? $"It needs nodes that are not there or are leaving: {List(gone)}." : null;
    }

    /// <summary>The run goes on by the plan in force, unless something else is due.</summary>
    private RunStep Settle(RunState state, Run run, TimeSpan now)
    {
        state = state with { Run = run };
        if (state.Phase != RunPhase.Running || run.Transition is not null || run.ClosingSince is not null)
        {
            return Nothing(state);
        }

        if (run.Next is { } next)
        {
            return Begin(state, run with { Next = null }, next, now);
        }

        var leaving = Leaving(state, run);
        return leaving.Count > 0 && run is { IsPlannedHere: true, Wish: not { IsUrgent: true }, SeekAgainAt: null }
            ? Seek(state, run, new Wish(string.Join(' ', leaving.Select(w => $"Node '{w}' is leaving.")), IsUrgent: true))
            : Nothing(state);
    }

    private RunStep Begin(RunState state, Run run, WantedPlan next, TimeSpan now)
    {
        if (Gone(state, next.Plan).Count > 0)
        {
            return next.IsUrgent ? Replan(state, run, next.Reason, now) : Settle(state, run, now);
        }

        var epoch = NextEpoch(state, run with { Plan = next.Plan });
        var plan = next.Plan with { Epoch = epoch };
        var workers = run.Parts.Keys.Concat(PartsOf(plan).Keys).ToImmutableSortedSet();
        var transition = new Transition
        {
            Plan = plan,
            PlanText = PlanText.Write(plan),
            FormerText = run.PlanText,
            FormerEpoch = run.Epoch,
            Shortfalls = next.Shortfalls,
            Reason = next.Reason,
            IsUrgent = next.IsUrgent,
            Workers = workers,
            Awaited = workers,
            BeganAt = now,
            Since = now,
        };
        if (WhyNotWhileItFlows(state, run, plan) is { } reason)
        {
            return TakePlace(state, Noted(run, $"{next.Reason} {reason}", now), next, now);
        }

        run = Noted(run with { Transition = transition, SentAt = now }, $"{next.Reason} Another plan is prepared, as epoch {epoch}.", now);
        state = state with { LastEpoch = epoch, Run = run };
        return new(state, [new RunEffect.Tell(run.History[^1], IsTrouble: false), .. PendingTransition(state, run)]);
    }

    /// <summary>Why a plan cannot take the place of the one in force while elements flow, and what that costs; null if it can.</summary>
    private static string? WhyNotWhileItFlows(RunState state, Run run, Plan next)
    {
        var missing = run.Parts.Keys.Concat(PartsOf(next).Keys).ToImmutableSortedSet().Where(w => !state.Has(w)).ToList();
        if (missing.Count > 0)
        {
            return Stops($"these nodes cannot be reached: {List(missing)}");
        }

        var moved = run.Staying.Where(output => !WorkersOf(run.Plan!, output).SequenceEqual(WorkersOf(next, output))).ToList();
        if (moved.Count > 0)
        {
            return Stops($"these outputs have transactional sinks that would move between two snapshots: {string.Join(", ", moved)}");
        }

        return Encoding.UTF8.GetByteCount(PlanText.Write(next)) + Encoding.UTF8.GetByteCount(run.PlanText) > MostPlanBytes
            ? Stops("both plans together are too large for a message")
            : null;

        string Stops(string why) => $"Elements cannot flow meanwhile, for {why}. It goes on from the last snapshot; {Cost(run)}";
    }

    // A file is read again from where the snapshot has it.
    private static string Cost(Run run)
    {
        var live = run.Parts.Values.Select(p => p.Report).OfType<FragmentReport>().SelectMany(r => r.Sources).Where(s => s.IsLive && !s.Ended).Select(s => s.Source).Order().ToList();
        return live.Count == 0 ? "nothing is lost." : $"what is under way then of {string.Join(", ", live)} is lost, and told by number.";
    }

    private static IEnumerable<WorkerId> WorkersOf(Plan plan, OperatorId op) => plan[op].Instances.Select(i => i.Worker).Order();

    /// <summary>Puts a plan in force from the last snapshot: what runs ends first.</summary>
    private static RunStep TakePlace(RunState state, Run run, WantedPlan next, TimeSpan now)
    {
        var parts = PartsOf(next.Plan);
        state = state with { ByHand = state.ByHand with { Until = null } };
        run = Cut(WithoutTransition(run));
        run = run with
        {
            Plan = next.Plan with { Epoch = 0 },
            Former = [.. run.Former.Union(run.Parts.Keys).Except(parts.Keys)],
            Parts = parts,
            Shortfalls = next.Shortfalls,
        };
        return Gathered(state with { Run = run }, run, now);
    }

    private static RunStep OnPrepared(RunState state, Run run, Transition transition, RunEvent.NodeDeployed e, TimeSpan now)
    {
        run = e.Predecessor is { } late ? run with { Losses = run.Losses.Late(late) } : run;
        transition = transition with { Awaited = transition.Awaited.Remove(e.Worker) };
        if (!transition.Awaited.IsEmpty)
        {
            return Nothing(state with { Run = run with { Transition = transition } });
        }

        state = state with { ByHand = state.ByHand with { Until = null } };
        var step = Enter(state, RunPhase.Moving, run with { Transition = transition with { Step = TransitionStep.Cutting, Since = now } }, now);
        return new(step.State, step.Effects.Add(RecordOf(step.State)));
    }

    private static RunStep OnCut(RunState state, Run run, Transition transition, TimeSpan now)
    {
        run = run with { Transition = transition with { Step = TransitionStep.TakingOver, Awaited = transition.Workers, CutAt = now, Since = now } };
        run = Cut(run);
        run = run with { Epoch = transition.Epoch, Plan = transition.Plan, PlanText = transition.PlanText, Parts = PartsOf(transition.Plan), Retired = Retire(run, transition), Shortfalls = transition.Shortfalls, Unmoved = null };
        return Enter(state, RunPhase.Moving, run, now);
    }

    /// <summary>Another coordinator had recorded that a plan takes the place of the one before: forward.</summary>
    private RunStep GoOn(RunState state, Run run, string former, TimeSpan now)
    {
        var before = PlanText.Parse(former);
        var workers = run.Parts.Keys.Concat(PartsOf(before).Keys).ToImmutableSortedSet();
        var transition = new Transition
        {
            Plan = run.Plan!,
            PlanText = run.PlanText,
            FormerText = former,
            FormerEpoch = before.Epoch,
            Shortfalls = run.Shortfalls,
            Reason = "Another coordinator goes on with it.",
            Step = TransitionStep.TakingOver,
            Workers = workers,
            Awaited = workers,
            BeganAt = now,
            CutAt = now,
            Since = now,
        };
        run = Noted(run with { Transition = transition, StartedAt = now, PublishedAt = now }, $"Another coordinator goes on to put epoch {run.Epoch} in place of {before.Epoch}.", now);
        var step = Enter(state, RunPhase.Moving, run, now);
        return new(step.State, [new RunEffect.Tell(run.History[^1], IsTrouble: true), .. step.Effects]);
    }

    private RunStep OnTakenOver(RunState state, RunEvent.NodeTakenOver e, TimeSpan now)
    {
        if (state is not { Phase: RunPhase.Moving, Run: { Transition: { Step: TransitionStep.TakingOver } transition } run } || transition.Epoch != e.Epoch)
        {
            return Nothing(state);
        }

        transition = transition with { Awaited = transition.Awaited.Remove(e.Worker) };
        run = run with { Transition = transition };
        if (!transition.Awaited.IsEmpty)
        {
            return Nothing(state with { Run = run });
        }

        var took = string.Create(
            CultureInfo.InvariantCulture, $"prepared in {(transition.CutAt - transition.BeganAt).TotalMilliseconds:F0} ms, taken over in {(now - transition.CutAt).TotalMilliseconds:F0} ms");
        run = Noted(run with { Transition = null, Former = transition.Workers.Except(run.Parts.Keys) }, $"Epoch {run.Epoch} is in force on {List(run.Parts.Keys)}, in place of {transition.FormerEpoch}: {took}.{string.Concat(run.Shortfalls.Select(s => " " + s))}", now);
        var step = Committed(state, run, now);
        return new(step.State, [new RunEffect.Tell(run.History[^1], IsTrouble: false), .. step.Effects, RecordOf(step.State)]);
    }

    /// <summary>That a plan has taken the other's place is written down: who has no part in it is let go. Sooner, whoever coordinates next would ask in vain whether it has handed over.</summary>
    private static RunStep LetGo(RunState state, Run run)
    {
        var left = run.Former.Where(state.Has).Except(run.Transition?.Workers ?? []).Select(w => (RunEffect)new RunEffect.Send(w, new Stop(run.Epoch)));
        return new(state with { Run = run with { Former = [] } }, [.. left]);
    }

    private RunStep Committed(RunState state, Run run, TimeSpan now)
    {
        // What was asked for meanwhile comes next: an end of sources by the next tick, the end of the run when nodes tell of it again.
        var step = Enter(state, RunPhase.Running, run, now);
        var then = run.IsDraining ? Nothing(step.State) : Settle(step.State, step.State.Run!, now);
        return new(then.State, step.Effects.AddRange(then.Effects));
    }

    /// <summary>The plan in force goes on, and what was commanded is not done; if it cannot stay, the next one goes on from the last snapshot.</summary>
    /// <remarks>Who is about to leave waits as long as nobody can do its part: what runs is not given up for a plan that would not.</remarks>
    private RunStep GiveUp(RunState state, Run run, Transition transition, string reason, TimeSpan now, bool isPossibleFromSnapshot = false)
    {
        var abandoned = Abandoned(state, run);
        var isByHand = state.ByHand.Until is not null;
        state = TakenBack(state, run, transition, reason);
        run = Noted(run with { Transition = null }, $"Epoch {transition.Epoch} was given up before it was in force. {reason}", now);
        var told = new RunEffect.Tell(run.History[^1], IsTrouble: true);
        var wanted = new WantedPlan(transition.Plan with { Epoch = 0 }, transition.Reason, transition.Shortfalls, transition.IsUrgent);
        var step = isByHand || !transition.IsUrgent ? Settle(state, run, now)
            : run.Parts.Keys.All(state.Has) && !isPossibleFromSnapshot ? Settle(state, run with { SeekAgainAt = Gone(state, wanted.Plan).Count > 0 ? null : now + rules.PlanAgainAfter, Unmoved = reason }, now)
            : Gone(state, wanted.Plan).Count > 0 ? Replan(state, run, reason, now)
            : TakePlace(state, run, wanted, now);
        return new(step.State, [told, .. abandoned, .. step.Effects]);
    }

    private RunStep OnLostInTransition(RunState state, Run run, Transition transition, WorkerId worker, TimeSpan now)
    {
        var message = Went(state, worker);
        return state.Phase switch
        {
            RunPhase.Moving when run is { IsPlannedHere: true, IsDraining: true } => Fail(state, $"{message} What it still had to process when the run was told to stop is not processed.", worker, now),
            RunPhase.Moving when run.IsPlannedHere => Replan(state, run, message, now),

            // Its fragments may well go on without the cluster: where nobody can plan anew, only the deadline ends the run.
            RunPhase.Moving => Nothing(state),
            RunPhase.Running => GiveUp(state, run, transition, message, now),
            _ => Nothing(state),
        };
    }

    /// <summary>What nodes have not confirmed yet of a transition.</summary>
    private static ImmutableArray<RunEffect> PendingTransition(RunState state, Run run)
    {
        if (run.Transition is not { } transition)
        {
            return [];
        }

        IControlMessage? message = transition.Step switch
        {
            TransitionStep.Preparing => WithSources(
                new Deploy(transition.Epoch, transition.Plan.WorkflowFingerprint, transition.PlanText, Peers(state, transition.Workers)) { Resume = 0, Former = transition.FormerText }, state, transition.Plan),
            TransitionStep.TakingOver => new TakeOver(transition.Epoch),
            _ => null,
        };
        return message is null ? [] : [.. transition.Awaited.Select(w => new RunEffect.Send(w, message))];
    }

    /// <summary>Tells nodes that a plan that was being prepared will not come.</summary>
    private static ImmutableArray<RunEffect> Abandoned(RunState state, Run run) => run.Transition is { } transition
        ? [.. transition.Workers.Where(state.Has).Select(w => new RunEffect.Send(w, new Abandon(transition.Epoch)))]
        : [];

    /// <summary>Nothing is on its way any more: nodes of either plan are told to stop what they have once the next plan is in force.</summary>
    private static Run WithoutTransition(Run run) => run.Transition is { } transition
        ? run with { Transition = null, Wish = null, Next = null, Unplanned = null, Unmoved = null, ClosingSince = null, Former = [.. run.Former.Union(transition.Workers).Except(run.Parts.Keys)] }
        : run with { Wish = null, Next = null, Unplanned = null, Unmoved = null, ClosingSince = null };

    // What failed on a worker whose part moves away would be forgotten with it.
    private static ImmutableArray<FragmentReport> Retire(Run run, Transition transition)
    {
        var parts = PartsOf(transition.Plan);
        var left = run.Parts.Where(p => !parts.ContainsKey(p.Key)).Select(p => p.Value.Report).OfType<FragmentReport>();
        return [.. run.Retired, .. left.Select(r => r with { Sources = [], Stages = [], Links = [], Outputs = [] }).Where(r => !r.Failures.Sources.IsEmpty)];
    }

    private static List<WorkerId> Gone(RunState state, Plan plan) => [.. PartsOf(plan).Keys.Where(w => !state.Has(w) || state.Nodes[w].IsLeaving)];
}
