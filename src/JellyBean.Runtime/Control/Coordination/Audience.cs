using System.Collections.Immutable;
using Akka.Actor;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>Those in other processes who wait for a run: they are told how far it is as long as they ask.</summary>
/// <param name="fingerprint">Of the workflow.</param>
/// <param name="every">How often they are told.</param>
/// <param name="decisions">What was decided so far.</param>
internal sealed class Audience(string fingerprint, TimeSpan every, Func<ImmutableArray<Decision>> decisions)
{
    private const int MostDecisions = 3;

    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromSeconds(10);
    private const int Most = 32;

    private readonly Dictionary<IActorRef, (TimeSpan HeardAt, long ShownEpoch)> _listeners = [];
    private TimeSpan _toldAt;

    /// <summary>Why a run is not begun; null if it is, or is already.</summary>
    public string? Refusal(Submit submit, RunState state, bool canPlan)
    {
        if (submit.ProtocolVersion != ControlProtocol.Version)
        {
            return $"This program speaks version {submit.ProtocolVersion} of the control protocol, the cluster speaks version {ControlProtocol.Version}. Run the same build on both.";
        }

        if (submit.Fingerprint.Length > 0 && submit.Fingerprint != fingerprint)
        {
            return $"This program has built a workflow with fingerprint {submit.Fingerprint}, the cluster one with fingerprint {fingerprint}. Run the same build with the same workflow on both.";
        }

        if (state.Run is { } run && run.Id != submit.RunId)
        {
            return $"The cluster runs the workflow already, by epoch {run.Epoch}. It is run once at a time; 'stop' ends it.";
        }

        return canPlan ? null : "The node that coordinates makes no plans.";
    }

    public void Add(IActorRef listener, TimeSpan now)
    {
        if (_listeners.TryGetValue(listener, out var known) || _listeners.Count < Most)
        {
            _listeners[listener] = (now, known.ShownEpoch);
        }
    }

    /// <summary>Tells all, if it is time.</summary>
    public void Tick(WorkerId self, RunState state, TimeSpan now)
    {
        if (now - _toldAt >= every)
        {
            TellAll(self, state, now);
        }
    }

    public void TellAll(WorkerId self, RunState state, TimeSpan now)
    {
        _toldAt = now;
        foreach (var (listener, (heardAt, _)) in _listeners.ToList())
        {
            if (now - heardAt > ForgottenAfter)
            {
                _listeners.Remove(listener);
            }
            else
            {
                Tell(listener, self, state, now);
            }
        }
    }

    public void Tell(IActorRef listener, WorkerId self, RunState state, TimeSpan now)
    {
        if (state.Run is { Epoch: > 0 } run && _listeners.TryGetValue(listener, out var known) && known.ShownEpoch != run.Epoch)
        {
            _listeners[listener] = known with { ShownEpoch = run.Epoch };
            listener.Tell(new PlanIs(run.Epoch, run.PlanText));
        }

        var reports = state.Run?.Parts.Values.Select(p => p.Report).OfType<FragmentReport>() ?? state.Ended?.Report?.Fragments ?? Enumerable.Empty<FragmentReport>();
        var count = 0;
        foreach (var report in reports)
        {
            listener.Tell(new Report(report));
            count++;
        }

        listener.Tell(new StatusIs(Of(self, state, now), count));
    }

    private ClusterStatus Of(WorkerId self, RunState state, TimeSpan now)
    {
        var report = state.Run?.Report(now) ?? state.Ended?.Report;
        return new ClusterStatus
        {
            Coordinator = self,
            Term = state.Term,
            Members = [.. state.Nodes.Values.Select(n => new ClusterMember(n.Last.Node, n.IsReachable, n.IsLeaving, EpochOn(state, n), n.Last.LinkAddress))],
            Phase = state.Phase.ToString().ToLowerInvariant(),
            RunId = state.Run?.Id ?? "",
            Epoch = report?.Epoch ?? 0,
            Transition = Of(state.Run?.Transition, now),
            Elapsed = report?.Elapsed ?? TimeSpan.Zero,
            Problem = state.Run?.Problem,
            Shortfalls = state.Run?.Shortfalls ?? state.Ended?.Shortfalls ?? [],
            Pins = state.ByHand.Orders.Pins,
            Variants = state.ByHand.Orders.Variants,
            Drained = [.. state.ByHand.Orders.Drained],
            Added = [.. state.ByHand.Orders.Sources.Added.Keys],
            Removed = [.. state.ByHand.Orders.Sources.Removed.Except(state.ByHand.Orders.Sources.Added.Keys)],
            Paused = [.. state.ByHand.Orders.Sources.Paused],
            History = state.Run?.History ?? state.Ended?.History ?? [],
            Decisions = [.. decisions().TakeLast(MostDecisions).Select(d => d with { Measurements = [] })],
            EndedRunId = state.Ended?.Id ?? "",
            EndedFailure = state.Ended?.Failure,
            EndedEpoch = state.Ended?.Report?.Epoch,
            Gaps = report?.Gaps ?? [],
            Past = report?.Past ?? [],
        };
    }

    private static TransitionStatus? Of(Transition? transition, TimeSpan now) => transition is null ? null : new TransitionStatus
    {
        From = transition.FormerEpoch,
        To = transition.Epoch,
        Step = transition.Step switch
        {
            TransitionStep.Preparing => "preparing",
            TransitionStep.Cutting => "cutting",
            _ => "taking-over",
        },
        Reason = ControlProtocol.Line(transition.Reason),
        Elapsed = now - transition.Since,
        Awaited = [.. transition.Awaited],
    };

    private static long EpochOn(RunState state, KnownNode node) =>
        state.Run is { } run && run.Parts.ContainsKey(node.Last.Worker) ? run.Epoch : node.Last.RunningEpoch;
}
