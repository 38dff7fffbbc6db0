using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Control.Protocol;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>What came of an event.</summary>
internal readonly record struct RunStep(RunState State, ImmutableArray<RunEffect> Effects);

/// <summary>The coordinator's decisions: a state and an event give the next state and what is to be done. Pure; time is handed in and never runs backwards.</summary>
/// <remarks>
/// Messages may be lost, doubled or late, so every step is idempotent, whatever waits for an answer is sent again, and every wait has a deadline.
/// A plan is in force only once it is recorded: whoever coordinates next continues it.
/// Where a plan was handed in, the first failure decides: the nodes are told to stop, and the run fails when all have confirmed or the stop deadline is over.
/// Where plans are made here, a lost node means another plan under a later epoch; only fragments that fail again and again end the run.
/// </remarks>
internal sealed partial class RunMachine(RunRules rules)
{
    private LocalClusterOptions Options => rules.Options;

    public RunStep Next(RunState state, RunEvent occurred, TimeSpan now) => occurred switch
    {
        RunEvent.Began e => OnBegan(state, e, now),
        RunEvent.NodeAnnounced e => OnAnnounced(e.Announce.RunningEpoch == 0 ? Free(state, e.Announce.Worker) : state, e.Announce, now),
        RunEvent.NodeLost e => OnLost(Free(state, e.Worker), e.Worker, now),
        RunEvent.NodeLeaving e => OnLeaving(state, e.Worker, now),
        RunEvent.LeadEnds => OnLeadEnds(state, now),
        RunEvent.Submitted e => OnSubmitted(state, e, now),
        RunEvent.Wanted e => OnWanted(state, e.RunId, now),
        RunEvent.Planned e => OnPlanned(state, e, now),
        RunEvent.Proposed e => OnProposed(state, e, now),
        RunEvent.ReplanDue e => OnReplanDue(state, e),
        RunEvent.Chosen e => OnChosen(state, e),
        RunEvent.Commanded e => OnCommanded(e.Command.Kind == CommandKind.Upgrade ? state with { Others = e.Others } : state, e.Command, now),
        RunEvent.VersionAsked e => OnVersionAsked(state, e.Ask, now),
        RunEvent.VersionTold e => state.Upgrade is null ? Nothing(state) : WithUpgrade(Nothing(state with { Other = e.Version }), now),
        RunEvent.SnapshotBegan e => OnSnapshotBegan(state, e.Snapshot),
        RunEvent.Recorded => WithCustody(OnRecorded(state, now)),
        RunEvent.DrainRequested => OnDrain(state, now),
        RunEvent.AbortRequested e => Fail(state, e.Reason, null, now),
        RunEvent.NodeDeployed e => OnDeployed(state, e, now),
        RunEvent.NodeDeployFailed e => OnDeployFailed(state, e, now),
        RunEvent.NodeTakenOver e => OnTakenOver(state, e, now),
        RunEvent.NodeReported e => Attend(OnReported(state, e, now), e, now),
        RunEvent.NodeCompleted e => OnCompleted(state, e, now),
        RunEvent.NodeFailed e => OnFailed(state, e, now),
        RunEvent.NodeStopped e => OnStopped(Free(state, e.Worker), e, now),
        RunEvent.SnapshotComplete e => OnSnapshot(state, e),
        RunEvent.Secured => OnSecured(state, now),
        RunEvent.Tick e => WithLeaving(WithUpgrade(WithNextCommand(OnTick(Charged(state, e), now), now), now), now),
        _ => throw new ArgumentOutOfRangeException(nameof(occurred)),
    };

    private static RunStep Nothing(RunState state) => new(state, []);

    // A workflow that has gone leaves the price of a machine to the next that uses it.
    private static RunState Charged(RunState state, RunEvent.Tick tick) =>
        state.Run is { Plan: { } plan } run && plan.Charged(tick.PaidByOthers) is var charged && !ReferenceEquals(charged, plan) ? state with { Run = run with { Plan = charged } } : state;

    private RunStep OnAnnounced(RunState state, Announce node, TimeSpan now)
    {
        if (Refusal(state, node) is { } refused)
        {
            return new(state, [new RunEffect.Reply(refused)]);
        }

        var before = state.Nodes.GetValueOrDefault(node.Worker);
        var isSame = before is not null && before.Last.Instance == node.Instance;
        var isNew = !isSame || !before!.IsReachable;
        state = state with
        {
            Nodes = state.Nodes.SetItem(node.Worker, new KnownNode(node, IsReachable: true) { LeavingSince = isSame ? before!.LeavingSince : null }),
            LastEpoch = Math.Max(state.LastEpoch, node.LastEpoch),
        };
        ImmutableArray<RunEffect> effects = [new RunEffect.Reply(new Welcome(state.Term)), .. LeftOver(state, node).Select(m => new RunEffect.Reply(m))];

        if (!isNew || state.Run is not { } run)
        {
            return new(state, effects);
        }

        var step = state.Phase switch
        {
            RunPhase.Gathering when Missing(state, run).Count == 0 => Gathered(state, run, now),
            RunPhase.Planning when (run.AwaitsWorker || run.Problem is not null) && !NobodyStays(state) => AskForPlan(state, run, now),
            RunPhase.Running when run is { IsPlannedHere: true, Unplanned: not null } => Settle(state, run with { SeekAgainAt = null }, now),
            RunPhase.Running when run.IsPlannedHere && node.Node.Tier is not null && !run.Parts.ContainsKey(node.Worker) && !state.ByHand.Orders.Drained.Contains(node.Worker) =>
                Seek(state, run, new Wish($"Node '{node.Worker}' has joined.", IsUrgent: false)),
            _ => Nothing(state),
        };
        return new(step.State, effects.AddRange(step.Effects));
    }

    /// <summary>What a node still has and nobody needs: it did not hear, or whoever would have told it is gone.</summary>
    private static IEnumerable<IControlMessage> LeftOver(RunState state, Announce node)
    {
        var transition = state.Run?.Transition;
        if (node.RunningEpoch != 0 && (transition is null ? !HasPart(state, node) : node.RunningEpoch != transition.FormerEpoch && node.RunningEpoch != transition.Epoch))
        {
            yield return new Stop(node.RunningEpoch);
        }

        if (node.PreparedEpoch != 0 && node.PreparedEpoch != transition?.Epoch)
        {
            yield return new Abandon(node.PreparedEpoch);
        }
    }

    // Who moved away is told once it is written down that nobody goes on from there.
    private static bool HasPart(RunState state, Announce node) =>
        state.Run is { } run && run.Epoch == node.RunningEpoch && (run.Parts.ContainsKey(node.Worker) || run.Former.Contains(node.Worker) || state.Phase != RunPhase.Running);

    private Refused? Refusal(RunState state, Announce node)
    {
        if (node.ProtocolVersion != ControlProtocol.Version)
        {
            return new Refused($"Node '{node.Worker}' speaks version {node.ProtocolVersion} of the control protocol, the coordinator speaks version {ControlProtocol.Version}. Run the same build on both.", IsFinal: true);
        }

        if (node.Fingerprint != rules.Fingerprint)
        {
            return new Refused($"Node '{node.Worker}' has built a workflow with fingerprint {node.Fingerprint}, the coordinator one with fingerprint {rules.Fingerprint}. Run the same build with the same workflow on both.", IsFinal: true);
        }

        // Not final: a node that was started again may be faster than the news that the one before it is dead.
        return state.Nodes.TryGetValue(node.Worker, out var known) && known.IsReachable && known.Last.Instance != node.Instance
            ? new Refused($"Worker '{node.Worker}' is already served by another node. Give each node a name of its own, or end that one: this one joins once it is gone.", IsFinal: false)
            : null;
    }

    private RunStep OnLost(RunState state, WorkerId worker, TimeSpan now)
    {
        if (!state.Nodes.TryGetValue(worker, out var node))
        {
            return Nothing(state);
        }

        state = state with { Nodes = state.Nodes.SetItem(worker, node with { IsReachable = false }) };
        if (state.Run is { Transition: { } transition } moving && transition.Workers.Contains(worker) && (state.Phase == RunPhase.Moving || !moving.Parts.ContainsKey(worker)))
        {
            return OnLostInTransition(state, moving, transition, worker, now);
        }

        if (state.Run is not { } run || !run.Parts.TryGetValue(worker, out var part) || part.IsCompleted)
        {
            return Nothing(state);
        }

        var message = Went(state, worker);
        return state.Phase switch
        {
            // A running fragment outlives the cluster: where nobody can plan anew, only its silence ends the run.
            RunPhase.Deploying when !run.IsPlannedHere => Fail(state, $"Node '{worker}' left the cluster while the plan was being deployed.", worker, now),
            RunPhase.Draining when run.IsPlannedHere => Fail(state, $"{message} What it still had to process when the run was told to stop is not processed.", worker, now),
            RunPhase.Gathering or RunPhase.Recording or RunPhase.Deploying or RunPhase.Running when run.IsPlannedHere => Replan(state, run, message, now),
            _ => Nothing(state),
        };
    }

    private static List<WorkerId> Missing(RunState state, Run run) => [.. run.Parts.Keys.Where(w => !state.Has(w))];

    private static string List(IEnumerable<WorkerId> workers) => string.Join(", ", workers);
}
