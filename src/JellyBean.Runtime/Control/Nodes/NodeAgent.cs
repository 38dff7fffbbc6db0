using System.Collections.Immutable;
using Akka.Actor;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Control.Adaptation;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Fragments;
using Microsoft.Extensions.Logging;
using Deploy = JellyBean.Runtime.Control.Protocol.Deploy;

namespace JellyBean.Runtime.Control.Nodes;

/// <summary>Stands for a node at the coordinator: announces it, does to its fragment what it is told, and reports.</summary>
/// <remarks>It may die and be replaced: what must live on is in the <see cref="FragmentKeeper"/>.</remarks>
internal sealed partial class NodeAgent : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan FirstAnnounce = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastAnnounce = TimeSpan.FromSeconds(2);

    // A coordinator that lost its memory learns of this node again after at most this.
    private static readonly TimeSpan AnnounceAgain = TimeSpan.FromSeconds(5);

    private readonly NodeIdentity _self;
    private readonly FragmentKeeper _keeper;
    private readonly IActorRef _proxy;
    private readonly TaskCompletionSource _welcomed;
    private readonly PlanService? _plans;
    private readonly LocalClusterOptions _options;
    private readonly ILogger _logger;
    private readonly Backoff _announcePause = new(FirstAnnounce, LastAnnounce);
    private IActorRef? _coordinator;
    private long _announcements;
    private Ended? _ended;
    private string? _notYetBecause;

    /// <summary>Represents a node.</summary>
    /// <param name="self">What it is.</param>
    /// <param name="keeper">Keeps its fragment.</param>
    /// <param name="proxy">Reaches whoever coordinates.</param>
    /// <param name="welcomed">Completed when the node may take part; fails if it was refused.</param>
    /// <param name="plans">Makes plans for a coordinator that cannot; null where it makes none.</param>
    /// <param name="options">How patient it is, and how often it reports.</param>
    /// <param name="logger">Logs the node's life.</param>
    public NodeAgent(NodeIdentity self, FragmentKeeper keeper, IActorRef proxy, TaskCompletionSource welcomed, PlanService? plans, LocalClusterOptions options, ILogger logger)
    {
        _self = self;
        _keeper = keeper;
        _proxy = proxy;
        _welcomed = welcomed;
        _plans = plans;
        _options = options;
        _logger = logger;

        Receive<AnnounceDue>(_ => SayHello());
        Receive<Welcome>(OnWelcome);
        Receive<Refused>(OnRefused);
        Receive<Terminated>(OnCoordinatorLost);
        Receive<Deploy>(FromCoordinator, OnDeploy);
        Receive<Prepared>(OnPrepared);
        Receive<TakeOver>(FromCoordinator, OnTakeOver);
        Receive<TookOver>(OnTookOver);
        Receive<Abandon>(FromCoordinator, m => _keeper.Abandon(m.Epoch));
        Receive<Start>(FromCoordinator, m => Do(m.Epoch, OnStart));
        Receive<HoldSources>(FromCoordinator, m => Do(m.Epoch, d => d.Fragment?.Hold(m.Sources, m.Starts)));
        Receive<Drain>(FromCoordinator, m => Do(m.Epoch, d => d.Drain()));
        Receive<TakeSnapshot>(FromCoordinator, m => Do(m.Epoch, d => d.SnapshotAsync(m.Snapshot).PipeTo(Sender, Self)));
        Receive<CommitSnapshot>(FromCoordinator, m => Do(m.Epoch, d => Commit(d, m)));
        Receive<Adjust>(FromCoordinator, m => Do(m.What.Epoch, d => d.AdjustAsync(m.What)?.PipeTo(Sender, Self, failure: cause => new NotAdjusted(cause))));
        Receive<NotAdjusted>(m => LogNotAdjusted(_logger, Worker, m.Cause));
        Receive<Ended>(OnEnded);
        Receive<ReportDue>(_ => SendReport());
        Receive<Stop>(FromCoordinator, OnStop);
        ReceiveLeaving();
        Receive<AskPlan>(m => FromCoordinator(m) && _plans is not null, m => _plans!.AnswerAsync(m).PipeTo(Sender, Self));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private WorkerId Worker => _self.Node.Worker;

    protected override void PreStart()
    {
        SayHello();
        if (_keeper.Current is { } current)
        {
            // The agent before this one died; its fragment did not.
            Observe(current);
            StartReports(current);
        }

        if (_keeper.Next is { } next)
        {
            Observe(next);
        }
    }

    private void SayHello()
    {
        _announcements++;
        _proxy.Tell(new Announce(ControlProtocol.Version, _self.Node, _self.Fingerprint, _self.Instance, _keeper.LastEpoch, _keeper.Current?.Epoch ?? 0, _keeper.LinkAddress)
        {
            PreparedEpoch = _keeper.Next?.Epoch ?? 0,
            Workflow = _self.Workflow,
            IsBeside = _self.IsBeside,
        });
        SendNames();
        Timers.StartSingleTimer("announce", AnnounceDue.Instance, _coordinator is null ? _announcePause.Next() : AnnounceAgain);
    }

    // One that was overruled, and does not know it, is not listened to.
    private bool FromCoordinator(IControlMessage message) => Equals(Sender, _coordinator);

    private void OnWelcome(Welcome welcome)
    {
        if (Equals(_coordinator, Sender))
        {
            return;
        }

        if (welcome.Term < _keeper.LastTerm)
        {
            LogOverruled(_logger, Worker, welcome.Term, _keeper.LastTerm);
            return;
        }

        _keeper.LastTerm = welcome.Term;

        if (_coordinator is not null)
        {
            Context.Unwatch(_coordinator);
        }

        _coordinator = Context.Watch(Sender);
        _notYetBecause = null;
        Timers.Cancel(UnheardTimer);
        Timers.StartSingleTimer("announce", AnnounceDue.Instance, AnnounceAgain);
        LogWelcomed(_logger, Worker, _announcements);
        _welcomed.TrySetResult();
        SendNames();
        SendReport();
    }

    // Said again with every announcement: it may be lost.
    private void SendNames()
    {
        if (_plans is { } plans)
        {
            _coordinator?.Tell(new NamesAre(plans.Names));
        }
    }

    private void OnRefused(Refused refused)
    {
        if (!refused.IsFinal)
        {
            // The same answer comes to every announcement, for as long as somebody must act.
            LogNotYet(_logger, refused.Reason == _notYetBecause ? LogLevel.Debug : LogLevel.Warning, Worker, refused.Reason);
            _notYetBecause = refused.Reason;
            return;
        }

        Timers.Cancel("announce");
        LogRefused(_logger, Worker, refused.Reason);
        _welcomed.TrySetException(new RunException(refused.Reason, worker: Worker));
    }

    private void OnCoordinatorLost(Terminated lost)
    {
        if (!Equals(lost.ActorRef, _coordinator))
        {
            return;
        }

        var epoch = _keeper.Current?.Epoch ?? 0;
        LogCoordinatorLost(_logger, epoch == 0 ? LogLevel.Information : LogLevel.Warning, Worker, epoch);
        _coordinator = null;
        AwaitCoordinator();
        _announcePause.Reset();
        _announcements = 0;
        SayHello();
    }

    private void Observe(Deployment deployment) => PrepareAsync(deployment).PipeTo(Self);

    private static async Task<Prepared> PrepareAsync(Deployment deployment)
    {
        try
        {
            return new Prepared(deployment.Epoch, await deployment.Preparing.ConfigureAwait(false), null);
        }
        catch (Exception cause)
        {
            return new Prepared(deployment.Epoch, null, cause);
        }
    }

    private static async Task<Ended> EndAsync(long epoch, IFragment fragment)
    {
        try
        {
            await fragment.Completion.ConfigureAwait(false);
            return new Ended(epoch, null);
        }
        catch (Exception cause)
        {
            return new Ended(epoch, cause);
        }
    }

    private void OnStart(Deployment deployment)
    {
        if (deployment.IsStarted || deployment.Fragment is null)
        {
            SendReport();
            return;
        }

        LogStarting(_logger, Worker, deployment.Epoch);
        deployment.Start();
        StartReports(deployment);
    }

    private void StartReports(Deployment deployment)
    {
        if (deployment.IsStarted)
        {
            SendReport();
            Timers.StartPeriodicTimer("report", ReportDue.Instance, _options.ReportsEvery);
        }
    }

    private void OnEnded(Ended ended)
    {
        if (_keeper.Current?.Epoch == ended.Epoch)
        {
            _ended = ended;
            LogEnded(_logger, Worker, ended.Epoch, ended.Cause);
            SendReport();
        }
    }

    private void Commit(Deployment deployment, CommitSnapshot commit)
    {
        var (coordinator, self) = (Sender, Self);
        _ = CommitAsync();

        async Task CommitAsync()
        {
            try
            {
                coordinator.Tell(await deployment.CommitAsync(commit.Snapshot, commit.Parts).ConfigureAwait(false), self);
            }
            catch (Exception cause)
            {
                // Who does not confirm is asked again.
                LogNotCommitted(_logger, Worker, commit.Snapshot, cause);
            }
        }
    }

    private void OnStop(Stop stop)
    {
        if (_keeper.Current is { } current && current.Epoch <= stop.Epoch)
        {
            Timers.Cancel("report");
            LogStopping(_logger, Worker, current.Epoch);
            StopAsync(stop.Epoch, current.IsStarted ? current.Fragment : null, Sender, Self).PipeTo(Sender, Self);
            SayGoodbye();
            return;
        }

        StopAsync(stop.Epoch, null, Sender, Self).PipeTo(Sender, Self);
    }

    private async Task<Stopped> StopAsync(long epoch, IFragment? fragment, IActorRef coordinator, IActorRef self)
    {
        await _keeper.StopAsync(epoch).ConfigureAwait(false);
        if (fragment is not null)
        {
            // What it did while nobody could hear it is not lost with it, even if it has failed since, fenced by its receivers. Only now nothing of it moves any more.
            coordinator.Tell(new Report(fragment.Report()), self);
        }

        return new Stopped(epoch);
    }

    // Also the answer to whoever does not know yet that the fragment has started or ended.
    private void SendReport()
    {
        if (_coordinator is null || _keeper.Current is not { Fragment: { } fragment } current)
        {
            return;
        }

        try
        {
            if (_ended is { Cause: { } cause })
            {
                _coordinator.Tell(new FragmentFailed(current.Epoch, ControlProtocol.Reason(cause)));
            }
            else if (current.IsStarted)
            {
                IControlMessage report = _ended is null ? new Report(fragment.Report()) : new FragmentCompleted(fragment.Report());
                _coordinator.Tell(report);
            }
        }
        catch (Exception cause)
        {
            LogReportFailed(_logger, Worker, current.Epoch, cause);
        }
    }

    private void Do(long epoch, Action<Deployment> what)
    {
        if (_keeper.Current is not { } current || current.Epoch != epoch)
        {
            return;
        }

        try
        {
            what(current);
        }
        catch (Exception cause)
        {
            OnEnded(new Ended(epoch, cause));
        }
    }

    [LoggerMessage(EventId = 1120, Level = LogLevel.Information, Message = "Node {Worker} was welcomed by the coordinator after {Announcements} announcements")]
    private static partial void LogWelcomed(ILogger logger, WorkerId worker, long announcements);

    [LoggerMessage(EventId = 1121, Level = LogLevel.Error, Message = "Node {Worker} was refused. {Reason}")]
    private static partial void LogRefused(ILogger logger, WorkerId worker, string reason);

    [LoggerMessage(EventId = 1122, Message = "Node {Worker} has lost the coordinator; what it runs of epoch {Epoch} goes on")]
    private static partial void LogCoordinatorLost(ILogger logger, LogLevel level, WorkerId worker, long epoch);

    [LoggerMessage(EventId = 1123, Level = LogLevel.Debug, Message = "Node {Worker} deploys its part of epoch {Epoch}")]
    private static partial void LogDeploying(ILogger logger, WorkerId worker, long epoch);

    [LoggerMessage(EventId = 1124, Level = LogLevel.Warning, Message = "Node {Worker} refuses to deploy epoch {Epoch}. {Reason}")]
    private static partial void LogDeployRefused(ILogger logger, WorkerId worker, long epoch, string reason);

    [LoggerMessage(EventId = 1125, Level = LogLevel.Debug, Message = "Node {Worker} could not deploy epoch {Epoch}")]
    private static partial void LogPrepareFailed(ILogger logger, WorkerId worker, long epoch, Exception? cause);

    [LoggerMessage(EventId = 1126, Level = LogLevel.Debug, Message = "Node {Worker} starts epoch {Epoch}")]
    private static partial void LogStarting(ILogger logger, WorkerId worker, long epoch);

    [LoggerMessage(EventId = 1127, Level = LogLevel.Debug, Message = "The fragment of epoch {Epoch} on node {Worker} has ended")]
    private static partial void LogEnded(ILogger logger, WorkerId worker, long epoch, Exception? cause);

    [LoggerMessage(EventId = 1128, Level = LogLevel.Debug, Message = "Node {Worker} lets go of epoch {Epoch}")]
    private static partial void LogStopping(ILogger logger, WorkerId worker, long epoch);

    [LoggerMessage(EventId = 1129, Level = LogLevel.Warning, Message = "Node {Worker} could not report on epoch {Epoch}; it tries again at the next interval")]
    private static partial void LogReportFailed(ILogger logger, WorkerId worker, long epoch, Exception cause);

    [LoggerMessage(EventId = 1132, Level = LogLevel.Warning, Message = "Node {Worker} does not listen to a coordinator of term {Term}: it has heard one of term {Last}")]
    private static partial void LogOverruled(ILogger logger, WorkerId worker, long term, long last);

    [LoggerMessage(EventId = 1133, Message = "Node {Worker} is not welcome yet; it tries again. {Reason}")]
    private static partial void LogNotYet(ILogger logger, LogLevel level, WorkerId worker, string reason);

    private sealed record TookOver(long Epoch, Exception? Cause) : INoSerializationVerificationNeeded;

    private sealed record Prepared(long Epoch, IFragment? Fragment, Exception? Cause) : INoSerializationVerificationNeeded;

    private sealed record Ended(long Epoch, Exception? Cause) : INoSerializationVerificationNeeded;

    [LoggerMessage(EventId = 1130, Level = LogLevel.Warning, Message = "A sink of node {Worker} could not commit snapshot {Snapshot}; it is asked again")]
    private static partial void LogNotCommitted(ILogger logger, WorkerId worker, long snapshot, Exception cause);

    [LoggerMessage(EventId = 1131, Level = LogLevel.Debug, Message = "Node {Worker} ended before what it runs was changed")]
    private static partial void LogNotAdjusted(ILogger logger, WorkerId worker, Exception cause);

    private sealed record NotAdjusted(Exception Cause) : INoSerializationVerificationNeeded;

    private sealed class AnnounceDue : INoSerializationVerificationNeeded
    {
        public static readonly AnnounceDue Instance = new();
    }

    private sealed class ReportDue : INoSerializationVerificationNeeded
    {
        public static readonly ReportDue Instance = new();
    }
}
