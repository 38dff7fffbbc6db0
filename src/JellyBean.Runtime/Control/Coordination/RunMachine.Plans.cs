using System.Collections.Immutable;
using System.Text;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Control.Upgrades;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>How a plan comes into force: wanted, planned, its nodes gathered, recorded, deployed; and how another takes its place.</summary>
internal sealed partial class RunMachine
{
    // Room for the message or record around a plan's text.
    private const int MostPlanBytes = ControlProtocol.MaxBytes - 32 * 1024;

    /// <summary>Continues what the coordinator before this one had recorded.</summary>
    private RunStep OnBegan(RunState state, RunEvent.Began e, TimeSpan now)
    {
        var record = e.Record;
        state = state with
        {
            Term = e.Term,
            LastEpoch = Math.Max(state.LastEpoch, record.Epoch),
            ByHand = new ByHand { Orders = record.Orders },
            Custody = record.Custody,
            Kept = record.Custody,
            Upgrade = record.Upgrade is { } upgrade ? upgrade with { Since = now } : null,
            Ended = record.EndedRunId.Length > 0 ? new EndedRun(record.EndedRunId, record.EndedFailure, null) : null,
        };
        if (record.RunId.Length == 0)
        {
            return Nothing(state);
        }

        var run = new Run { Id = record.RunId, IsPlannedHere = true, IsDraining = record.IsDraining, Shortfalls = record.Shortfalls, Snapshot = record.Snapshot, SnapshotParts = record.Parts, Losses = record.Losses, Heard = record.Heard, Since = now };
        if (record.Plan.Length == 0)
        {
            return AskForFirst(state, run, now);
        }

        var plan = PlanText.Parse(record.Plan);
        run = run with { Plan = plan, Epoch = plan.Epoch, PlanText = record.Plan, Parts = PartsOf(plan), IsTakenOver = true };
        if (record.Former.Length > 0)
        {
            return GoOn(state, run, record.Former, now);
        }

        run = Noted(run, $"Another coordinator continues epoch {run.Epoch}.", now);
        return new(state with { Phase = RunPhase.Gathering, Run = run }, [new RunEffect.Tell(run.History[^1], IsTrouble: true)]);
    }

    private RunStep OnSubmitted(RunState state, RunEvent.Submitted e, TimeSpan now)
    {
        var plan = e.Plan;
        var run = new Run { Id = e.RunId, Plan = plan, Snapshot = e.Resume, Parts = PartsOf(plan), Since = now };
        if (plan.WorkflowFingerprint != rules.Fingerprint)
        {
            return Refuse(state, run, $"The plan is for a workflow with fingerprint {plan.WorkflowFingerprint}, the nodes have built one with fingerprint {rules.Fingerprint}. Plan again.");
        }

        if (run.Parts.IsEmpty)
        {
            return Refuse(state, run, $"The plan of '{plan.Workflow}' places nothing on any worker. Plan again.");
        }

        state = state with { Phase = RunPhase.Gathering, Run = run };
        return Missing(state, run).Count == 0 ? Gathered(state, run, now) : Nothing(state);
    }

    private RunStep OnWanted(RunState state, string runId, TimeSpan now)
    {
        if (state.Run is not null || state.Ended?.Id == runId || state.Upgrade is not null)
        {
            return Nothing(state);
        }

        // Who is told to run by itself reads all its sources.
        var step = AskForFirst(state with { Custody = Custody.None }, new Run { Id = runId, IsPlannedHere = true }, now);
        return new(step.State, step.Effects.Add(RecordOf(step.State)));
    }

    /// <summary>Asks for the first plan of a run. Nodes that have only just been started join within moments: until one has, there is nothing to ask for, and nothing wrong.</summary>
    private RunStep AskForFirst(RunState state, Run run, TimeSpan now)
    {
        if (!NobodyStays(state))
        {
            return AskForPlan(state, run, now);
        }

        run = Noted(run with { Since = now, AwaitsWorker = true }, "The workflow is to run. No worker has joined yet: it is planned once one has.", now);
        return new(state with { Phase = RunPhase.Planning, Asked = state.Asked + 1, Run = run }, [new RunEffect.Tell(run.History[^1], IsTrouble: false)]);
    }

    /// <summary>Asks for a plan with the nodes that are there.</summary>
    private static RunStep AskForPlan(RunState state, Run run, TimeSpan now)
    {
        state = state with { Phase = RunPhase.Planning, Asked = state.Asked + 1, Run = run with { Since = now, AwaitsWorker = false, Problem = null } };
        return new(state, [new RunEffect.MakePlan(state.Asked, RequestOf(state, run, state.ByHand.Orders))]);
    }

    /// <summary>Puts another plan in place of the one in force; its fragments run on until their nodes are told of the new one.</summary>
    private RunStep Replan(RunState state, Run run, string reason, TimeSpan now)
    {
        state = state with { ByHand = state.ByHand with { Until = null } };
        run = WithoutTransition(run);
        run = Noted(run, run.Epoch == 0 ? reason : $"{reason} Another plan takes the place of epoch {run.Epoch}.", now);
        var step = AskForPlan(state, run, now);
        return new(step.State, step.Effects.Insert(0, new RunEffect.Tell(run.History[^1], IsTrouble: true)));
    }

    private RunStep OnPlanned(RunState state, RunEvent.Planned e, TimeSpan now)
    {
        if (state.ByHand.Active is { } active && active.Asked == e.Asked)
        {
            return OnProposed(state, active, e.Answer, now);
        }

        if (state.Run is { Wish: { } wish } seeking && wish.Asked == e.Asked)
        {
            return OnSought(state, seeking, wish, e.Answer, now);
        }

        if (e.Asked != state.Asked || state is not { Phase: RunPhase.Planning, Run: { } run })
        {
            return Nothing(state);
        }

        if (Unnumbered(e.Answer.Plan) is not { } plan)
        {
            return Wait(state, run, $"No plan fits: {string.Join(" ", e.Answer.Reasons)}", now);
        }

        var parts = PartsOf(plan);
        if (parts.Keys.Where(w => !state.Has(w) || state.Nodes[w].IsLeaving).ToList() is { Count: > 0 } gone)
        {
            return Wait(state, run, $"The plan needs nodes that have gone meanwhile: {List(gone)}.", now);
        }

        run = Cut(run) with { Plan = plan, Former = [.. run.Former.Union(run.Parts.Keys).Except(parts.Keys)], Parts = parts, Shortfalls = e.Answer.Shortfalls };
        return Gathered(state with { Run = run }, run, now);
    }

    // The planner may answer with the plan in force: deployed again, it is another epoch.
    private static Plan? Unnumbered(Plan? plan) => plan is null ? null : plan with { Epoch = 0 };

    private static string TooLarge(Plan plan, int bytes) => $"The plan of '{plan.Workflow}' is {bytes} bytes of text; at most {MostPlanBytes} can be sent to nodes. Use fewer workers.";

    /// <summary>Nothing can run until something changes: what runs by the old plan is stopped.</summary>
    private RunStep Wait(RunState state, Run run, string problem, TimeSpan now)
    {
        var stops = run.Parts.Keys.Where(state.Has).Select(w => (RunEffect)new RunEffect.Send(w, new Stop(run.Epoch)));
        run = Noted(Cut(run) with { Problem = problem, Former = [], Parts = run.Parts.Clear() }, problem, now);
        return new(state with { Run = run }, [new RunEffect.Tell(run.History[^1], IsTrouble: true), .. run.Epoch == 0 ? [] : stops]);
    }

    private static RunStep Gathered(RunState state, Run run, TimeSpan now)
    {
        // What the coordinator before this one had put in force has its epoch, and goes on, unless nodes have begun anew: of that epoch, numbers may have been given that no snapshot knows of.
        var goesOn = run.Snapshot is null || run.Parts.Keys.All(w => state.Nodes[w].Last.RunningEpoch == run.Epoch);
        if (run.Plan!.Epoch != 0 && run.Plan.Epoch == run.Epoch && goesOn)
        {
            return Enter(state, RunPhase.Deploying, run, now);
        }

        run = run with { Cut = [.. run.Cut, .. run.Heard.Where(h => run.Cut.All(c => c.Worker != h.Worker))], Heard = [] };
        var epoch = NextEpoch(state, run);
        var plan = run.Plan with { Epoch = epoch };
        var text = PlanText.Write(plan);
        var bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes > MostPlanBytes)
        {
            return Refuse(state, run, TooLarge(plan, bytes));
        }

        // A run that had begun goes on, without a snapshot if need be: sinks keep what live sources will not give again.
        run = run with { Epoch = epoch, Plan = plan, PlanText = text, Snapshot = run.Snapshot ?? (run.Epoch > 0 ? 0 : null) };
        var step = Enter(state with { LastEpoch = epoch }, RunPhase.Recording, run, now);
        return new(step.State, step.Effects.Add(RecordOf(step.State)));
    }

    private RunStep OnRecorded(RunState state, TimeSpan now)
    {
        state = Written(state);
        if (state is { Phase: RunPhase.Moving, Run: { Transition: { Step: TransitionStep.Cutting } transition } moving })
        {
            return OnCut(state, moving, transition, now);
        }

        if (state is { Phase: RunPhase.Running, Run.Former.IsEmpty: false })
        {
            return LetGo(state, state.Run);
        }

        if (state is not { Phase: RunPhase.Recording, Run: { } run })
        {
            return Nothing(state);
        }

        run = Noted(run, $"Epoch {run.Epoch} is in force on {List(run.Parts.Keys)}.{string.Concat(run.Shortfalls.Select(s => " " + s))}", now);
        var left = run.Former.Where(state.Has).Select(w => (RunEffect)new RunEffect.Send(w, new Stop(run.Epoch - 1)));
        var step = Enter(state, RunPhase.Deploying, run with { Former = [] }, now);
        return new(step.State, [new RunEffect.Tell(run.History[^1], IsTrouble: !run.Shortfalls.IsEmpty), .. left, .. step.Effects]);
    }

    /// <summary>The next epoch goes on from it, whoever coordinates then.</summary>
    private static RunStep OnSnapshot(RunState state, RunEvent.SnapshotComplete e)
    {
        if (state.Run is not { } run)
        {
            return Nothing(state);
        }

        state = state with { Run = Secured(run, e.Snapshot) with { Snapshot = e.Snapshot, SnapshotParts = e.Parts } };
        return new(state, run.IsPlannedHere ? [RecordOf(state)] : []);
    }

    private static RunEffect.Record RecordOf(RunState state) => new(WhatIsKept(state));

    /// <summary>What the next coordinator must know, at any time.</summary>
    public static RunRecord WhatIsKept(RunState state) => WhatOf(state) with
    {
        Orders = state.Run?.Transition is { Step: TransitionStep.Preparing } && state.ByHand.Until is { } until ? until : state.ByHand.Orders,
        Custody = state.Custody,
        Upgrade = state.Upgrade,
    };

    private static RunRecord WhatOf(RunState state) => state switch
    {
        { Run: { } run, Phase: not RunPhase.Stopping } => new RunRecord
        {
            Epoch = state.LastEpoch,
            RunId = run.IsPlannedHere ? run.Id : "",
            Plan = !run.IsPlannedHere ? "" : run.Transition is { Step: not TransitionStep.Preparing } cut ? cut.PlanText : run.PlanText,
            Former = run is { IsPlannedHere: true, Transition: { Step: not TransitionStep.Preparing } going } ? going.FormerText : "",
            IsDraining = run.IsDraining,
            Shortfalls = run.Shortfalls,
            Snapshot = run.IsPlannedHere ? run.Snapshot : null,
            Parts = run.IsPlannedHere ? run.SnapshotParts : [],
            Losses = run.Losses,
            Heard = run.IsPlannedHere ? Losses.ToRemember(run.Parts.Values.Select(p => p.Report).OfType<FragmentReport>(), run.Heard) : [],
            EndedRunId = state.Ended?.Id ?? "",
            EndedFailure = state.Ended?.Failure,
        },
        { Run: { } run } => new RunRecord { Epoch = state.LastEpoch, EndedRunId = run.Id, EndedFailure = run.Failure?.Message },
        _ => new RunRecord { Epoch = state.LastEpoch, EndedRunId = state.Ended?.Id ?? "", EndedFailure = state.Ended?.Failure },
    };

    private static RunStep Refuse(RunState state, Run run, string message) =>
        new(state with { Phase = RunPhase.Idle, Run = null, Ended = new EndedRun(run.Id, message, null) }, [new RunEffect.Fail(new RunFailure(message, null), 0)]);

    // What its nodes said last: those that are left will know better, those that are lost will not say more.
    private static Run Cut(Run run)
    {
        var reports = run.Parts.Values.Select(p => p.Report).OfType<FragmentReport>().ToImmutableSortedDictionary(r => r.Worker, r => r);
        return run with
        {
            Cut = [.. run.Cut.Where(c => !reports.ContainsKey(c.Worker)), .. reports.Values],
            LastHeard = reports.IsEmpty ? run.LastHeard : [.. reports.Values],

            // Where no snapshot holds what a source has given, it may be read again.
            Parked = run.Parked.RemoveRange(run.Parked.Where(p => !p.Value.IsSafe).Select(p => p.Key)),
        };
    }

    private static Run Heard(Run run, FragmentReport last) => run with { Cut = [.. run.Cut.Where(c => c.Worker != last.Worker), last] };

    private Run Noted(Run run, string what, TimeSpan now) =>
        run with { History = [.. run.History.TakeLast(rules.MostHistory - 1), HistoryLine.Of(rules.Began + now, what)] };

    private static ImmutableSortedDictionary<WorkerId, Part> PartsOf(Plan plan) =>
        plan.Placements.SelectMany(p => p.Instances).Select(i => i.Worker).Concat(plan.Sources.Select(s => s.Worker)).Distinct()
            .ToImmutableSortedDictionary(w => w, _ => new Part());
}
