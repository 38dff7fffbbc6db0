using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>What becomes of a plan that was recorded: nodes deploy, run, drain, fail, let go.</summary>
internal sealed partial class RunMachine
{
    private static RunStep OnDeployed(RunState state, RunEvent.NodeDeployed e, TimeSpan now)
    {
        if (!e.Staying.IsEmpty && state.Run is { } any)
        {
            state = state with { Run = any with { Staying = any.Staying.Union(e.Staying) } };
        }

        if (state is { Phase: RunPhase.Running, Run: { Transition: { } transition } moving } && transition.Epoch == e.Epoch)
        {
            return OnPrepared(state, moving, transition, e, now);
        }

        if (state is not { Phase: RunPhase.Deploying, Run: { } run } || run.Epoch != e.Epoch || !run.Parts.TryGetValue(e.Worker, out var part))
        {
            return Nothing(state);
        }

        run = run with { Parts = run.Parts.SetItem(e.Worker, part with { IsDeployed = true, Predecessor = e.Predecessor, Recalled = e.Recalled }) };
        if (run.Parts.Values.Any(p => !p.IsDeployed))
        {
            return Nothing(state with { Run = run });
        }

        // A run that goes on: what the plan before had of live sources, and had not settled, will not come again, unless it was recorded.
        var losses = run.Snapshot is null
            ? run.Losses
            : run.Losses.Add(run.Cut, [.. run.Parts.Values.Select(p => p.Predecessor).OfType<FragmentReport>()], [.. run.Parts.Values.SelectMany(p => p.Recalled)]);
        var hasLost = !losses.Equals(run.Losses);
        run = run with { Losses = losses, Cut = [], StartedAt = run.StartedAt ?? now, PublishedAt = now };
        var step = Enter(state, run.IsDraining ? RunPhase.Draining : RunPhase.Running, run, now);
        return new(step.State, [.. step.Effects, .. Remembered(step.State, hasLost)]);
    }

    private RunStep OnDeployFailed(RunState state, RunEvent.NodeDeployFailed e, TimeSpan now) =>
        state is { Phase: RunPhase.Running, Run: { Transition: { } transition } moving } && transition.Epoch == e.Epoch
            ? GiveUp(state, moving, transition, $"Node '{e.Worker}' could not prepare its part. {e.Reason}", now, e.IsPossibleFromSnapshot)
            : state is { Phase: RunPhase.Deploying, Run: { } run } && run.Epoch == e.Epoch && run.Parts.ContainsKey(e.Worker)
            ? FailOrReplan(state, run, $"Node '{e.Worker}' could not deploy its part of the plan. {e.Reason}", e.Worker, now)
            : Nothing(state);

    private RunStep OnReported(RunState state, RunEvent.NodeReported e, TimeSpan now)
    {
        if (state.Run is { } later && e.Fragment.Epoch < (state.Phase == RunPhase.Moving ? later.Transition!.FormerEpoch : later.Epoch))
        {
            return OnLetGo(state, later, e, now);
        }

        if (state is { Phase: RunPhase.Planning, Run: { } cut } && cut.Epoch == e.Fragment.Epoch)
        {
            // The plan is over, and what became of it counts when the next one runs: the later it is heard, the better.
            return Nothing(state with { Run = cut.Parts.TryGetValue(e.Worker, out var last) ? cut with { Parts = cut.Parts.SetItem(e.Worker, last with { Report = e.Fragment }) } : Heard(cut, e.Fragment) });
        }

        if (state is not { Phase: RunPhase.Running or RunPhase.Moving or RunPhase.Draining, Run: { } run } || run.Epoch != e.Fragment.Epoch || !run.Parts.TryGetValue(e.Worker, out var part) || part.IsCompleted)
        {
            return Nothing(state);
        }

        part = part with { Report = e.Fragment, HeardAt = now };
        run = run with { Parts = run.Parts.SetItem(e.Worker, part) };
        if (now - run.PublishedAt < Options.ReportInterval || run.Parts.Values.Any(p => p.Report is null))
        {
            return Nothing(state with { Run = run });
        }

        run = run with { PublishedAt = now };
        return new(state with { Run = run }, [new RunEffect.Publish(run.Report(now))]);
    }

    /// <summary>The last that is heard of a plan that was replaced: what its sources did meanwhile, cut off perhaps, is told.</summary>
    private RunStep OnLetGo(RunState state, Run run, RunEvent.NodeReported e, TimeSpan now)
    {
        // It may come before anything else is known of what that plan's end has cost, or long after.
        var losses = run.Losses.Late(e.Fragment);
        var isKnown = losses.Equals(run.Losses);
        run = run with { Losses = losses };
        run = e.Fragment.Epoch <= losses.Epoch ? run : Heard(run, e.Fragment);
        if (e.Fragment.Sources.IsEmpty)
        {
            return Nothing(state with { Run = run });
        }

        var sources = string.Join(", ", e.Fragment.Sources.Select(s => string.Create(CultureInfo.InvariantCulture, $"'{s.Source}' had given {s.Offered} elements, {s.Dropped} of them dropped")));
        run = Noted(run, $"Node '{e.Worker}' has let go of epoch {e.Fragment.Epoch}: {sources}.", now);
        state = state with { Run = run };
        return new(state, [new RunEffect.Tell(run.History[^1], IsTrouble: false), .. Remembered(state, !isKnown)]);
    }

    private static ImmutableArray<RunEffect> Remembered(RunState state, bool isNew) => isNew && state.Run!.IsPlannedHere ? [RecordOf(state)] : [];

    private RunStep OnCompleted(RunState state, RunEvent.NodeCompleted e, TimeSpan now)
    {
        if (state is not { Phase: RunPhase.Running or RunPhase.Moving or RunPhase.Draining, Run: { } run } || run.Epoch != e.Last.Epoch || !run.Parts.TryGetValue(e.Worker, out var part))
        {
            return Nothing(state);
        }

        run = run with { Parts = run.Parts.SetItem(e.Worker, part with { Report = e.Last, HeardAt = now, IsCompleted = true }) };
        return run.Parts.Values.All(p => p.IsCompleted) && state.Phase != RunPhase.Moving
            ? Enter(state, Options.Snapshots is null ? RunPhase.Stopping : RunPhase.Securing, run with { EndedAt = now }, now)
            : Nothing(state with { Run = run });
    }

    private RunStep OnFailed(RunState state, RunEvent.NodeFailed e, TimeSpan now) =>
        state is { Phase: RunPhase.Deploying or RunPhase.Running or RunPhase.Moving or RunPhase.Draining, Run: { } run } && (run.Epoch == e.Epoch || run.Transition?.Epoch == e.Epoch || run.Transition?.FormerEpoch == e.Epoch)
            && (run.Parts.ContainsKey(e.Worker) || run.Transition?.Workers.Contains(e.Worker) == true)
            ? FailOrReplan(state, run, $"The fragment on node '{e.Worker}' failed. {e.Cause}", e.Worker, now)
            : Nothing(state);

    /// <summary>A fragment may have failed because its neighbour died, or because of something that is over soon: where plans are made here, it is tried again, but not for ever.</summary>
    private RunStep FailOrReplan(RunState state, Run run, string message, WorkerId worker, TimeSpan now)
    {
        var lately = run.Failures.Where(f => now - f < rules.FailureWindow).ToImmutableArray();
        return !run.IsPlannedHere || state.Phase == RunPhase.Draining || (state.Phase == RunPhase.Moving && run.IsDraining) || lately.Length >= rules.MostFailures
            ? Fail(state, lately.Length > 0 ? $"{message} This was failure {lately.Length + 1} within {rules.FailureWindow}." : message, worker, now)
            : Replan(state, run with { Failures = lately.Add(now) }, message, now);
    }

    private static RunStep OnStopped(RunState state, RunEvent.NodeStopped e, TimeSpan now)
    {
        if (state is not { Phase: RunPhase.Stopping, Run: { } run } || run.Epoch != e.Epoch || !run.Parts.TryGetValue(e.Worker, out var part))
        {
            return Nothing(state);
        }

        run = run with { Parts = run.Parts.SetItem(e.Worker, part with { IsStopped = true }) };
        return run.Parts.Values.All(p => p.IsStopped) ? End(state, run, now) : Nothing(state with { Run = run });
    }

    private static RunStep OnDrain(RunState state, TimeSpan now)
    {
        switch (state)
        {
            case { Phase: RunPhase.Running, Run: { } run }:
                var abandoned = Abandoned(state, run);
                var step = Enter(state, RunPhase.Draining, WithoutTransition(run) with { IsDraining = true, Former = run.Former }, now);
                return new(step.State, [.. abandoned, .. step.Effects, RecordOf(step.State)]);

            // Forward first: there is no other way to where all that was admitted is.
            case { Phase: RunPhase.Moving, Run: { IsDraining: false } run }:
                state = state with { Run = run with { IsDraining = true, Next = null } };
                return new(state, [RecordOf(state)]);

            // Nodes go on with it meanwhile, and what they have admitted is processed: first all of them are found again.
            case { Phase: RunPhase.Gathering or RunPhase.Recording or RunPhase.Deploying, Run: { IsTakenOver: true } run }:
                state = state with { Run = run with { IsDraining = true } };
                return run.IsDraining ? Nothing(state) : new(state, [RecordOf(state)]);

            // Nothing was admitted yet: all of nothing is processed.
            case { Phase: RunPhase.Deploying or RunPhase.Recording, Run: { } run }:
                return Enter(state, RunPhase.Stopping, run with { EndedAt = now }, now);
            case { Phase: RunPhase.Gathering or RunPhase.Planning, Run: { } run }:
                return run.Epoch > 0 ? Enter(state, RunPhase.Stopping, run with { EndedAt = now }, now) : End(state, run with { EndedAt = now }, now);
            default:
                return Nothing(state);
        }
    }

    private RunStep OnTick(RunState state, TimeSpan now)
    {
        if (state.Run is not { } run)
        {
            return Nothing(state);
        }

        var waited = now - run.Since;
        switch (state.Phase)
        {
            case RunPhase.Planning when waited >= rules.PlanAgainAfter && run.AwaitsWorker:
                return Wait(state, run with { AwaitsWorker = false }, "No worker has joined. It is planned and runs by itself once one has: start a node of a tier that the workflow needs.", now);
            case RunPhase.Planning when waited >= rules.PlanAgainAfter && run.Problem is not null && !NobodyStays(state):
                return AskForPlan(state, run, now);
            case RunPhase.Gathering when waited >= Options.JoinDeadline && run.IsPlannedHere:
                return Replan(state, run, $"These nodes have not come back within {Options.JoinDeadline}: {List(Missing(state, run))}.", now);
            case RunPhase.Gathering when waited >= Options.JoinDeadline:
                return Fail(state, $"The plan needs nodes that have not joined within {Options.JoinDeadline}: {List(Missing(state, run))}. Start them or plan without them.", null, now);
            case RunPhase.Recording when waited >= Options.JoinDeadline && !run.IsPlannedHere:
                return Fail(state, $"The plan could not be recorded within {Options.JoinDeadline}: most of the nodes that may coordinate cannot be reached, or cannot write.", null, now);
            case RunPhase.Deploying when waited >= Options.DeployDeadline:
                var late = run.Where(p => !p.IsDeployed).ToList();
                return FailOrReplan(state, run, $"Nodes did not deploy within {Options.DeployDeadline}: {List(late)}.", late[0], now);
            case RunPhase.Draining when waited >= Options.DrainDeadline:
                return Fail(state, $"Nodes did not process what was admitted within {Options.DrainDeadline}: {List(run.Where(p => !p.IsCompleted))}.", null, now);
            case RunPhase.Running when run.IsDraining:
                return OnDrain(state, now);
            case RunPhase.Running when run.Transition is { } preparing && now - preparing.Since >= Options.DeployDeadline:
                return GiveUp(state, run, preparing, $"Nodes were not ready within {Options.DeployDeadline}: {List(preparing.Awaited)}.", now);
            case RunPhase.Moving when waited >= Options.JoinDeadline && run is { IsPlannedHere: true, IsDraining: false } && run.Transition!.Workers.Where(w => !state.Has(w)).ToList() is { Count: > 0 } gone:
                return Replan(state, run, $"These nodes have not come back within {Options.JoinDeadline}: {List(gone)}.", now);
            case RunPhase.Running when run is { Wish: { Asked: 0 } wish, Transition: null }:
                return Seek(state, run, wish);
            case RunPhase.Running when run is { SeekAgainAt: { } again, Transition: null } && now >= again:
                return Settle(state, run with { SeekAgainAt = null }, now);
            case RunPhase.Moving when waited >= Options.DrainDeadline:
                var slow = run.Transition!.Awaited is [var first, ..] ? first : run.Parts.Keys.First();
                return FailOrReplan(state, run, $"Another plan did not take the place of epoch {run.Transition.FormerEpoch} within {Options.DrainDeadline}: {List(run.Transition.Awaited)}.", slow, now);
            case RunPhase.Running or RunPhase.Draining when Silent(run, now) is { } worker:
                return run.IsPlannedHere
                    ? OnLost(state, worker, now)
                    : Fail(state, $"Node '{worker}' has been silent for {Options.SilenceDeadline}.", worker, now);
            case RunPhase.Securing when waited >= Options.Snapshots!.Deadline + Options.StopDeadline:
                return Enter(state, RunPhase.Stopping, run, now);
            case RunPhase.Stopping when waited >= Options.StopDeadline:
                return End(state, run, now);
            case not RunPhase.Gathering when now - run.SentAt >= rules.ResendAfter:
                run = run with { SentAt = now };
                return new(state with { Run = run }, Pending(state, state.Phase, run));
            default:
                return Nothing(state);
        }
    }

    private WorkerId? Silent(Run run, TimeSpan now)
    {
        var silent = run.Where(p => !p.IsCompleted && now - p.HeardAt >= Options.SilenceDeadline).ToList();
        return silent.Count > 0 ? silent[0] : null;
    }

    private RunStep Fail(RunState state, string message, WorkerId? worker, TimeSpan now)
    {
        var failure = new RunFailure(message, worker);
        return state switch
        {
            // What decided first stands.
            { Run: null } or { Phase: RunPhase.Stopping } => Nothing(state),
            { Phase: RunPhase.Gathering or RunPhase.Planning, Run: { Epoch: 0 } run } => End(state, Failed(run), now),
            { Run: { } run } => Enter(state, RunPhase.Stopping, Failed(run) with { EndedAt = now }, now),
        };

        Run Failed(Run run) => Noted(run, $"The run has failed. {message}", now) with { Failure = failure };
    }

    private static RunStep Enter(RunState state, RunPhase phase, Run run, TimeSpan now)
    {
        run = run with { Since = now, SentAt = now };
        if (phase is RunPhase.Running or RunPhase.Moving or RunPhase.Draining)
        {
            run = run with { Parts = run.Parts.ToImmutableSortedDictionary(p => p.Key, p => p.Value with { HeardAt = now }) };
        }

        state = state with { Phase = phase, Run = run };
        var effects = Pending(state, phase, run);
        if (phase != RunPhase.Stopping)
        {
            return new(state, effects);
        }

        // How it ended is decided: no later coordinator is to begin it again.
        state = WithLeft(state, run);
        effects = [.. effects, .. Abandoned(state, run), RecordOf(state)];
        if (run.Parts.Values.Any(p => !p.IsStopped))
        {
            return new(state, effects);
        }

        var end = End(state, run, now);
        return new(end.State, effects.AddRange(end.Effects));
    }

    /// <summary>What nodes have not confirmed yet.</summary>
    private static ImmutableArray<RunEffect> Pending(RunState state, RunPhase phase, Run run)
    {
        (Func<Part, bool> Waits, IControlMessage Message)[] pending = phase switch
        {
            RunPhase.Deploying =>
                [(p => !p.IsDeployed, WithSources(new Deploy(run.Epoch, run.Plan!.WorkflowFingerprint, run.PlanText, Peers(state, run.Parts.Keys)) { Resume = run.Snapshot, Parts = run.SnapshotParts }, state, run.Plan!))],
            RunPhase.Running => [(p => p.Report is null, new Start(run.Epoch))],
            RunPhase.Moving => [],
            RunPhase.Draining => [(p => p.Report is null, new Start(run.Epoch)), (p => !p.IsCompleted, new Drain(run.Epoch))],
            RunPhase.Stopping => [(p => !p.IsStopped, new Stop(run.Epoch))],
            _ => [],
        };
        return [.. pending.SelectMany(p => run.Where(p.Waits).Select(w => new RunEffect.Send(w, p.Message))), .. PendingTransition(state, run)];
    }

    // Also of nodes that run nothing: they keep copies of snapshots.
    private static ImmutableArray<Peer> Peers(RunState state, IEnumerable<WorkerId> workers) =>
    [
        .. state.Nodes
            .Where(n => n.Value.Last.LinkAddress is not null && (workers.Contains(n.Key) || n.Value is { IsReachable: true, IsLeaving: false }))
            .Select(n => new Peer(n.Key, n.Value.Last.LinkAddress!.Value)),
    ];

    private static RunStep End(RunState state, Run run, TimeSpan now)
    {
        var report = run.Report(now);
        if (run.Failure is { } failure)
        {
            var left = run.Epoch == 0 ? [] : run.Where(p => !p.IsStopped).ToList();
            if (left.Count > 0)
            {
                failure = failure with { Message = $"{failure.Message} Nodes that did not confirm that they stopped: {List(left)}." };
            }

            return new(Ended(failure.Message), [new RunEffect.Fail(failure, run.Epoch)]);
        }

        return new(Ended(null), [new RunEffect.Complete(report)]);

        RunState Ended(string? failure) => state with { Phase = RunPhase.Idle, Run = null, Ended = new EndedRun(run.Id, failure, report) { Shortfalls = run.Shortfalls, History = run.History } };
    }
}
