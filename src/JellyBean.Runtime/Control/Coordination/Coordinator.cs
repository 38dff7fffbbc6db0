using Akka.Actor;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Snapshots;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>The cluster's single coordinator: turns messages into events for <see cref="RunMachine"/> and does what comes of them.</summary>
internal sealed partial class Coordinator : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(100);

    private readonly RunMachine _machine;
    private readonly SnapshotDesk? _snapshots;
    private readonly RunDesk _desk;
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly ILogger _logger;
    private readonly Dictionary<WorkerId, IActorRef> _agents = [];
    private readonly Dictionary<IActorRef, WorkerId> _workers = [];
    private RunState _state = new();
    private RunTicket? _ticket;

    public Coordinator(RunRules rules, RunDesk desk, TimeProvider time, ILogger logger)
    {
        _machine = new RunMachine(rules);
        _desk = desk;
        _time = time;
        _began = time.GetTimestamp();
        _logger = logger;
        _snapshots = rules.Options.Snapshots is { } options ? new SnapshotDesk(options, rules.ResendAfter, logger) : null;

        Receive<Announce>(m => Advance(new RunEvent.NodeAnnounced(m)));
        Receive<Deployed>(m => FromNode(w => new RunEvent.NodeDeployed(w, m.Epoch)));
        Receive<DeployFailed>(m => FromNode(w => new RunEvent.NodeDeployFailed(w, m.Epoch, m.Reason)));
        Receive<Report>(m => FromNode(w => new RunEvent.NodeReported(w, m.Fragment)));
        Receive<FragmentCompleted>(m => FromNode(w => new RunEvent.NodeCompleted(w, m.Last)));
        Receive<FragmentFailed>(m => FromNode(w => new RunEvent.NodeFailed(w, m.Epoch, m.Cause)));
        Receive<Stopped>(m => FromNode(w => new RunEvent.NodeStopped(w, m.Epoch)));
        Receive<Terminated>(OnTerminated);
        Receive<SubmitRun>(OnSubmit);
        Receive<DrainRun>(_ => Advance(new RunEvent.DrainRequested()));
        Receive<AbortRun>(m => Advance(new RunEvent.AbortRequested(m.Reason)));
        Receive<SnapshotStored>(m => FromNode(w => new SnapshotEvent.PartStored(w, m.Epoch, new SnapshotReceipt(m.Snapshot, w, m.Bytes, m.Checksum))));
        Receive<SnapshotFailed>(m => FromNode(w => new SnapshotEvent.PartFailed(w, m.Epoch, m.Snapshot, m.Reason)));
        Receive<SnapshotCommitted>(m => FromNode(w => new SnapshotEvent.Committed(w, m.Epoch, m.Snapshot)));
        Receive<SnapshotEvent>(Advance);
        Receive<TickDue>(_ =>
        {
            Advance(new RunEvent.Tick());
            Advance(new SnapshotEvent.Tick());
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        LogBegan(_logger, Self.Path.Address);
        _desk.Attach(Self);
        Timers.StartPeriodicTimer("tick", TickDue.Instance, TickInterval);
    }

    protected override void PostStop() => _desk.Detach(Self);

    // Nodes that were not welcomed have nothing to say; they announce themselves again and again.
    private void FromNode(Func<WorkerId, RunEvent> occurred)
    {
        if (_workers.TryGetValue(Sender, out var worker))
        {
            Advance(occurred(worker));
        }
    }

    private void FromNode(Func<WorkerId, SnapshotEvent> occurred)
    {
        if (_workers.TryGetValue(Sender, out var worker))
        {
            Advance(occurred(worker));
        }
    }

    private void OnTerminated(Terminated lost)
    {
        if (_workers.Remove(lost.ActorRef, out var worker))
        {
            _agents.Remove(worker);
            LogNodeLost(_logger, _state.Run is null ? LogLevel.Information : LogLevel.Warning, worker);
            Advance(new RunEvent.NodeLost(worker));
        }
    }

    private void OnSubmit(SubmitRun submit)
    {
        _ticket = submit.Ticket;
        Advance(new RunEvent.Submitted(submit.Ticket.Plan, submit.Ticket.Resume));
    }

    private void Advance(RunEvent occurred)
    {
        var before = _state;
        var step = _machine.Next(before, occurred, _time.GetElapsedTime(_began));
        _state = step.State;
        if (occurred is RunEvent.NodeAnnounced { Announce.Worker: var worker } && step.Effects is [RunEffect.Reply { Message: Welcome }, ..])
        {
            Remember(worker, Sender);
        }

        if (before.Phase != _state.Phase)
        {
            LogPhase(_logger, _state.Run?.Epoch ?? before.Run?.Epoch ?? 0, before.Phase, _state.Phase);
        }

        foreach (var effect in step.Effects)
        {
            Do(effect);
        }

        if (SnapshotDesk.EventOf(before, _state) is { } follows)
        {
            Advance(follows);
        }
    }

    private void Advance(SnapshotEvent occurred)
    {
        foreach (var effect in _snapshots?.Next(occurred, _time.GetElapsedTime(_began)) ?? [])
        {
            switch (effect)
            {
                case SnapshotEffect.Take e:
                    Do(new RunEffect.Send(e.Worker, new TakeSnapshot(e.Epoch, e.Snapshot)));
                    break;
                case SnapshotEffect.Commit e:
                    Do(new RunEffect.Send(e.Worker, new CommitSnapshot(e.Epoch, e.Snapshot)));
                    break;
                case SnapshotEffect.Keep e when _state.Run is { } run:
                    _snapshots!.KeepAsync(run.Plan, e, _time.GetUtcNow()).PipeTo(Self);
                    break;
                case SnapshotEffect.Done e:
                    Advance(new RunEvent.SnapshotComplete(e.Snapshot));
                    break;
                case SnapshotEffect.Over:
                    Advance(new RunEvent.Secured());
                    break;
            }
        }
    }

    private void Remember(WorkerId worker, IActorRef agent)
    {
        if (_agents.TryGetValue(worker, out var known))
        {
            if (known.Equals(agent))
            {
                return;
            }

            Context.Unwatch(known);
            _workers.Remove(known);
        }

        LogNodeWelcomed(_logger, worker, agent.Path.Address);
        _agents[worker] = Context.Watch(agent);
        _workers[agent] = worker;
    }

    private void Do(RunEffect effect)
    {
        switch (effect)
        {
            case RunEffect.Reply e:
                if (e.Message is Refused refused)
                {
                    LogNodeRefused(_logger, refused.Reason);
                }

                Sender.Tell(e.Message);
                break;
            case RunEffect.Send e:
                // One that is gone is told when it comes back.
                if (_agents.TryGetValue(e.Worker, out var agent))
                {
                    agent.Tell(e.Message);
                }

                break;
            case RunEffect.Publish e:
                Publish(e.Report);
                break;
            case RunEffect.Complete e:
                LogCompleted(_logger, e.Report.Epoch, e.Report.Elapsed.TotalSeconds);
                _ticket?.Complete(e.Report);
                _ticket = null;
                break;
            case RunEffect.Fail e:
                // Whoever waits for the run is told by an exception, and says it; only what nobody waits for is said here.
                LogFailed(_logger, _ticket is null ? LogLevel.Error : LogLevel.Debug, e.Epoch, e.Failure.Message);
                _ticket?.Fail(new RunException(e.Failure.Message, e.Epoch, e.Failure.Worker));
                _ticket = null;
                break;
        }
    }

    private void Publish(RunReport report)
    {
        try
        {
            _ticket?.Publish(report);
        }
        catch (Exception cause)
        {
            // What listens is the user's code.
            LogProgressFailed(_logger, report.Epoch, cause);
        }
    }

    [LoggerMessage(EventId = 1140, Level = LogLevel.Information, Message = "The coordinator is at {Address}")]
    private static partial void LogBegan(ILogger logger, Address address);

    [LoggerMessage(EventId = 1141, Level = LogLevel.Information, Message = "Node {Worker} has joined from {Address}")]
    private static partial void LogNodeWelcomed(ILogger logger, WorkerId worker, Address address);

    [LoggerMessage(EventId = 1142, Level = LogLevel.Error, Message = "A node was refused. {Reason}")]
    private static partial void LogNodeRefused(ILogger logger, string reason);

    [LoggerMessage(EventId = 1143, Message = "Node {Worker} has left the cluster")]
    private static partial void LogNodeLost(ILogger logger, LogLevel level, WorkerId worker);

    [LoggerMessage(EventId = 1144, Level = LogLevel.Debug, Message = "The run of epoch {Epoch} goes from {Before} to {After}")]
    private static partial void LogPhase(ILogger logger, long epoch, RunPhase before, RunPhase after);

    [LoggerMessage(EventId = 1145, Level = LogLevel.Information, Message = "The run of epoch {Epoch} is complete after {Seconds:F1} s")]
    private static partial void LogCompleted(ILogger logger, long epoch, double seconds);

    [LoggerMessage(EventId = 1146, Message = "The run of epoch {Epoch} has failed and was stopped. {Cause}")]
    private static partial void LogFailed(ILogger logger, LogLevel level, long epoch, string cause);

    [LoggerMessage(EventId = 1147, Level = LogLevel.Warning, Message = "Whoever is told about the progress of epoch {Epoch} has failed; the run goes on")]
    private static partial void LogProgressFailed(ILogger logger, long epoch, Exception cause);

    private sealed class TickDue : INoSerializationVerificationNeeded
    {
        public static readonly TickDue Instance = new();
    }
}
