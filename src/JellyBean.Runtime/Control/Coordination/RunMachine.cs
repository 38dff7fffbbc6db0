using System.Collections.Immutable;
using System.Text;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Control.Protocol;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>What came of an event.</summary>
internal readonly record struct RunStep(RunState State, ImmutableArray<RunEffect> Effects);

/// <summary>The coordinator's decisions: a state and an event give the next state and what is to be done. Pure; time is handed in and never runs backwards.</summary>
/// <remarks>
/// Messages may be lost, doubled or late, so every step is idempotent, whatever waits for an answer is sent again, and every wait has a deadline.
/// The first failure decides: the nodes are told to stop, and the run fails when all have confirmed or the stop deadline is over.
/// </remarks>
internal sealed class RunMachine(RunRules rules)
{
    private LocalClusterOptions Options => rules.Options;

    public RunStep Next(RunState state, RunEvent occurred, TimeSpan now) => occurred switch
    {
        RunEvent.NodeAnnounced e => OnAnnounced(state, e.Announce, now),
        RunEvent.NodeLost e => OnLost(state, e.Worker, now),
        RunEvent.Submitted e => OnSubmitted(state, e, now),
        RunEvent.DrainRequested => OnDrain(state, now),
        RunEvent.AbortRequested e => Fail(state, e.Reason, null, now),
        RunEvent.NodeDeployed e => OnDeployed(state, e.Worker, e.Epoch, now),
        RunEvent.NodeDeployFailed e => OnDeployFailed(state, e, now),
        RunEvent.NodeReported e => OnReported(state, e, now),
        RunEvent.NodeCompleted e => OnCompleted(state, e, now),
        RunEvent.NodeFailed e => OnFailed(state, e, now),
        RunEvent.NodeStopped e => OnStopped(state, e, now),
        RunEvent.SnapshotComplete e => Nothing(state.Run is { } run ? state with { Run = run with { Snapshot = e.Snapshot } } : state),
        RunEvent.Secured => state is { Phase: RunPhase.Securing, Run: { } run } ? Enter(state, RunPhase.Stopping, run, now) : Nothing(state),
        RunEvent.Tick => OnTick(state, now),
        _ => throw new ArgumentOutOfRangeException(nameof(occurred)),
    };

    private static RunStep Nothing(RunState state) => new(state, []);

    private RunStep OnAnnounced(RunState state, Announce node, TimeSpan now)
    {
        if (Refusal(state, node) is { } reason)
        {
            return new(state, [new RunEffect.Reply(new Refused(reason))]);
        }

        state = state with
        {
            Nodes = state.Nodes.SetItem(node.Worker, new KnownNode(node, IsReachable: true)),
            LastEpoch = Math.Max(state.LastEpoch, node.LastEpoch),
        };
        var effects = ImmutableArray.Create<RunEffect>(new RunEffect.Reply(new Welcome()));
        if (node.RunningEpoch != 0 && node.RunningEpoch != state.Run?.Epoch)
        {
            effects = effects.Add(new RunEffect.Reply(new Stop(node.RunningEpoch)));
        }

        if (state is { Phase: RunPhase.Gathering, Run: { } run } && Missing(state, run).Count == 0)
        {
            var step = Deploy(state, run, now);
            return new(step.State, effects.AddRange(step.Effects));
        }

        return new(state, effects);
    }

    private string? Refusal(RunState state, Announce node)
    {
        if (node.ProtocolVersion != ControlProtocol.Version)
        {
            return $"Node '{node.Worker}' speaks version {node.ProtocolVersion} of the control protocol, the coordinator speaks version {ControlProtocol.Version}. Run the same build on both.";
        }

        if (node.Fingerprint != rules.Fingerprint)
        {
            return $"Node '{node.Worker}' has built a workflow with fingerprint {node.Fingerprint}, the coordinator one with fingerprint {rules.Fingerprint}. Run the same build with the same workflow on both.";
        }

        return state.Nodes.TryGetValue(node.Worker, out var known) && known.IsReachable && known.Last.Instance != node.Instance
            ? $"Worker '{node.Worker}' is already served by another node. Give each node a worker of its own."
            : null;
    }

    private static RunStep OnLost(RunState state, WorkerId worker, TimeSpan now)
    {
        if (!state.Nodes.TryGetValue(worker, out var node))
        {
            return Nothing(state);
        }

        // A running fragment outlives the cluster: only its silence ends the run.
        state = state with { Nodes = state.Nodes.SetItem(worker, node with { IsReachable = false }) };
        return state is { Phase: RunPhase.Deploying, Run: { } run } && run.Parts.ContainsKey(worker)
            ? Fail(state, $"Node '{worker}' left the cluster while the plan was being deployed.", worker, now)
            : Nothing(state);
    }

    private RunStep OnSubmitted(RunState state, RunEvent.Submitted e, TimeSpan now)
    {
        var plan = e.Plan;
        var workers = plan.Placements.SelectMany(p => p.Instances).Select(i => i.Worker).Concat(plan.Sources.Select(s => s.Worker)).Distinct();
        var run = new Run { Plan = plan, Snapshot = e.Resume, Parts = workers.ToImmutableSortedDictionary(w => w, _ => new Part()), Since = now };
        if (plan.WorkflowFingerprint != rules.Fingerprint)
        {
            return Refuse(state, $"The plan is for a workflow with fingerprint {plan.WorkflowFingerprint}, the nodes have built one with fingerprint {rules.Fingerprint}. Plan again.");
        }

        if (run.Parts.IsEmpty)
        {
            return Refuse(state, $"The plan of '{plan.Workflow}' places nothing on any worker. Plan again.");
        }

        state = state with { Phase = RunPhase.Gathering, Run = run };
        return Missing(state, run).Count == 0 ? Deploy(state, run, now) : Nothing(state);
    }

    private static RunStep Refuse(RunState state, string message) =>
        new(state with { Phase = RunPhase.Idle, Run = null }, [new RunEffect.Fail(new RunFailure(message, null), 0)]);

    private static List<WorkerId> Missing(RunState state, Run run) =>
        [.. run.Parts.Keys.Where(w => !state.Nodes.TryGetValue(w, out var node) || !node.IsReachable)];

    private static RunStep Deploy(RunState state, Run run, TimeSpan now)
    {
        var epoch = Math.Max(state.LastEpoch, run.Plan.Epoch) + 1;
        var plan = run.Plan with { Epoch = epoch };
        var text = PlanText.Write(plan);

        // Room for the message around it.
        var bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes > ControlProtocol.MaxBytes - 1024)
        {
            return Refuse(state, $"The plan of '{plan.Workflow}' is {bytes} bytes of text; at most {ControlProtocol.MaxBytes - 1024} can be sent to nodes. Use fewer workers.");
        }

        run = run with { Epoch = epoch, Plan = plan, PlanText = text };
        state = state with { LastEpoch = epoch };
        return Enter(state, RunPhase.Deploying, run, now);
    }

    private static RunStep OnDeployed(RunState state, WorkerId worker, long epoch, TimeSpan now)
    {
        if (state is not { Phase: RunPhase.Deploying, Run: { } run } || run.Epoch != epoch || !run.Parts.TryGetValue(worker, out var part))
        {
            return Nothing(state);
        }

        run = run with { Parts = run.Parts.SetItem(worker, part with { IsDeployed = true }) };
        return run.Parts.Values.All(p => p.IsDeployed)
            ? Enter(state, RunPhase.Running, run with { StartedAt = now, PublishedAt = now }, now)
            : Nothing(state with { Run = run });
    }

    private static RunStep OnDeployFailed(RunState state, RunEvent.NodeDeployFailed e, TimeSpan now) =>
        state is { Phase: RunPhase.Deploying, Run: { } run } && run.Epoch == e.Epoch && run.Parts.ContainsKey(e.Worker)
            ? Fail(state, $"Node '{e.Worker}' could not deploy its part of the plan. {e.Reason}", e.Worker, now)
            : Nothing(state);

    private RunStep OnReported(RunState state, RunEvent.NodeReported e, TimeSpan now)
    {
        if (state is not { Phase: RunPhase.Running or RunPhase.Draining, Run: { } run } || run.Epoch != e.Fragment.Epoch || !run.Parts.TryGetValue(e.Worker, out var part) || part.IsCompleted)
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

    private RunStep OnCompleted(RunState state, RunEvent.NodeCompleted e, TimeSpan now)
    {
        if (state is not { Phase: RunPhase.Running or RunPhase.Draining, Run: { } run } || run.Epoch != e.Last.Epoch || !run.Parts.TryGetValue(e.Worker, out var part))
        {
            return Nothing(state);
        }

        run = run with { Parts = run.Parts.SetItem(e.Worker, part with { Report = e.Last, HeardAt = now, IsCompleted = true }) };
        return run.Parts.Values.All(p => p.IsCompleted)
            ? Enter(state, Options.Snapshots is null ? RunPhase.Stopping : RunPhase.Securing, run with { EndedAt = now }, now)
            : Nothing(state with { Run = run });
    }

    private static RunStep OnFailed(RunState state, RunEvent.NodeFailed e, TimeSpan now) =>
        state is { Phase: RunPhase.Deploying or RunPhase.Running or RunPhase.Draining, Run: { } run } && run.Epoch == e.Epoch && run.Parts.ContainsKey(e.Worker)
            ? Fail(state, $"The fragment on node '{e.Worker}' failed. {e.Cause}", e.Worker, now)
            : Nothing(state);

    private static RunStep OnStopped(RunState state, RunEvent.NodeStopped e, TimeSpan now)
    {
        if (state is not { Phase: RunPhase.Stopping, Run: { } run } || run.Epoch != e.Epoch || !run.Parts.TryGetValue(e.Worker, out var part))
        {
            return Nothing(state);
        }

        run = run with { Parts = run.Parts.SetItem(e.Worker, part with { IsStopped = true }) };
        return run.Parts.Values.All(p => p.IsStopped) ? End(state, run, now) : Nothing(state with { Run = run });
    }

    private static RunStep OnDrain(RunState state, TimeSpan now) => state switch
    {
        { Phase: RunPhase.Running, Run: { } run } => Enter(state, RunPhase.Draining, run, now),

        // Nothing was admitted yet: all of nothing is processed.
        { Phase: RunPhase.Deploying, Run: { } run } => Enter(state, RunPhase.Stopping, run with { EndedAt = now }, now),
        { Phase: RunPhase.Gathering, Run: { } run } => End(state, run with { EndedAt = now }, now),
        _ => Nothing(state),
    };

    private RunStep OnTick(RunState state, TimeSpan now)
    {
        if (state.Run is not { } run)
        {
            return Nothing(state);
        }

        var waited = now - run.Since;
        switch (state.Phase)
        {
            case RunPhase.Gathering when waited >= Options.JoinDeadline:
                return Fail(state, $"The plan needs nodes that have not joined within {Options.JoinDeadline}: {List(Missing(state, run))}. Start them or plan without them.", null, now);
            case RunPhase.Deploying when waited >= Options.DeployDeadline:
                return Fail(state, $"Nodes did not deploy within {Options.DeployDeadline}: {List(run.Where(p => !p.IsDeployed))}.", null, now);
            case RunPhase.Draining when waited >= Options.DrainDeadline:
                return Fail(state, $"Nodes did not process what was admitted within {Options.DrainDeadline}: {List(run.Where(p => !p.IsCompleted))}.", null, now);
            case RunPhase.Running or RunPhase.Draining when Silent(run, now) is { } worker:
                return Fail(state, $"Node '{worker}' has been silent for {Options.SilenceDeadline}.", worker, now);
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

    private static RunStep Fail(RunState state, string message, WorkerId? worker, TimeSpan now)
    {
        var failure = new RunFailure(message, worker);
        return state switch
        {
            // What decided first stands.
            { Run: null } or { Phase: RunPhase.Stopping } => Nothing(state),
            { Phase: RunPhase.Gathering, Run: { } run } => End(state, run with { Failure = failure }, now),
            { Run: { } run } => Enter(state, RunPhase.Stopping, run with { Failure = failure, EndedAt = now }, now),
        };
    }

    private static RunStep Enter(RunState state, RunPhase phase, Run run, TimeSpan now)
    {
        run = run with { Since = now, SentAt = now };
        if (phase == RunPhase.Running)
        {
            run = run with { Parts = run.Parts.ToImmutableSortedDictionary(p => p.Key, p => p.Value with { HeardAt = now }) };
        }

        return new(state with { Phase = phase, Run = run }, Pending(state, phase, run));
    }

    /// <summary>What nodes have not confirmed yet.</summary>
    private static ImmutableArray<RunEffect> Pending(RunState state, RunPhase phase, Run run)
    {
        (Func<Part, bool> Waits, IControlMessage Message)[] pending = phase switch
        {
            RunPhase.Deploying => [(p => !p.IsDeployed, new Deploy(run.Epoch, run.Plan.WorkflowFingerprint, run.PlanText, Peers(state, run)) { Resume = run.Snapshot })],
            RunPhase.Running => [(p => p.Report is null, new Start(run.Epoch))],
            RunPhase.Draining => [(p => p.Report is null, new Start(run.Epoch)), (p => !p.IsCompleted, new Drain(run.Epoch))],
            RunPhase.Stopping => [(p => !p.IsStopped, new Stop(run.Epoch))],
            _ => [],
        };
        return [.. pending.SelectMany(p => run.Where(p.Waits).Select(w => new RunEffect.Send(w, p.Message)))];
    }

    private static ImmutableArray<Peer> Peers(RunState state, Run run) =>
    [
        .. run.Parts.Keys.SelectMany(w => state.Nodes.TryGetValue(w, out var node) && node.Last.LinkAddress is { } address ? [new Peer(w, address)] : Array.Empty<Peer>()),
    ];

    private static RunStep End(RunState state, Run run, TimeSpan now)
    {
        state = state with { Phase = RunPhase.Idle, Run = null };
        if (run.Failure is not { } failure)
        {
            return new(state, [new RunEffect.Complete(run.Report(now))]);
        }

        var left = run.Epoch == 0 ? [] : run.Where(p => !p.IsStopped).ToList();
        if (left.Count > 0)
        {
            failure = failure with { Message = $"{failure.Message} Nodes that did not confirm that they stopped: {List(left)}." };
        }

        return new(state, [new RunEffect.Fail(failure, run.Epoch)]);
    }

    private static string List(IEnumerable<WorkerId> workers) => string.Join(", ", workers);
}
