using System.Collections.Immutable;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Cluster.Tools.Singleton;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Telemetry;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Control.Nodes;

/// <summary>One life of a node's clustered actor system: a downed one ends and the node begins another.</summary>
internal sealed partial class ControlSystem
{
    /// <summary>Below <c>/user</c>, on every node: reaches whoever coordinates.</summary>
    public const string ProxyName = "coordinator-proxy";

    // Akka's own name for it, below its manager.
    private const string LeadPath = "/user/coordinator/singleton";

    private static readonly TimeSpan FirstJoin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastJoin = TimeSpan.FromSeconds(8);

    // After seven seconds: a node that starts on a busy machine often needs more than one attempt, and nobody must act.
    private const int FirstToldAttempt = 3;

    private readonly ActorSystem _system;
    private readonly IActorRef _agent;
    private readonly NodeIdentity _node;
    private readonly NodeEnvironment _environment;
    private readonly AkkaLoggerSetup _akkaLogger;
    private readonly ILogger _logger;

    private ControlSystem(ActorSystem system, IActorRef agent, NodeIdentity node, NodeEnvironment environment, AkkaLoggerSetup akkaLogger, ILogger logger)
    {
        _system = system;
        _agent = agent;
        _node = node;
        _environment = environment;
        _akkaLogger = akkaLogger;
        _logger = logger;
    }

    public NodeAddress Address => Cluster.Get(_system).SelfAddress is var address ? new(address.Host!, address.Port!.Value) : default;

    /// <summary>From where a message reaches whoever coordinates.</summary>
    public (ActorSystem System, ImmutableArray<Address> Contacts) Here => (_system, [Cluster.Get(_system).SelfAddress]);

    /// <summary>Ends when the system does, also by itself.</summary>
    public Task Ended => _system.WhenTerminated;

    /// <summary>Starts the system with its agent; it is not yet in a cluster.</summary>
    /// <exception cref="IOException">It cannot listen where it is to.</exception>
    public static ControlSystem Start(NodeIdentity node, FragmentKeeper keeper, PlanService? plans, TaskCompletionSource welcomed, NodeEnvironment environment)
    {
        var loggers = environment.Loggers;
        var options = environment.Options;
        var akkaLogger = new AkkaLoggerSetup(loggers.CreateLogger("JellyBean.Runtime.Control.Akka"));
        var system = Listen(
            ControlSecurity.Secured(BootstrapSetup.Create().WithConfig(ControlSettings.For(node.Node, environment)).And(akkaLogger), environment.Certificates), environment.Listen);
        akkaLogger.Listens = true;
        if (node.Node.IsCoordinator)
        {
            var (replicaLogger, watchLogger) = (loggers.CreateLogger<JournalReplica>(), loggers.CreateLogger<SocketWatch>());
            system.ActorOf(Props.Create(() => new JournalReplica(node.Node.Worker, node.Fingerprint, environment.Journal, replicaLogger)), JournalReplica.Name);
            system.ActorOf(Props.Create(() => new SocketWatch(watchLogger)), "socket-watch");
            system.ActorOf(
                ClusterSingletonManager.Props(
                    Props.Create(() => new Coordinators(node, environment, TimeProvider.System)),
                    PoisonPill.Instance,
                    ClusterSingletonManagerSettings.Create(system).WithRole(ControlSettings.CoordinatorRole)),
                "coordinator");
        }

        var proxy = system.ActorOf(
            ClusterSingletonProxy.Props("/user/coordinator", ClusterSingletonProxySettings.Create(system).WithRole(ControlSettings.CoordinatorRole)),
            ProxyName);
        var agentLogger = loggers.CreateLogger<NodeAgent>();
        var agent = system.ActorOf(Props.Create(() => new NodeAgent(node, keeper, proxy, welcomed, plans, options, agentLogger)), "agent");
        return new ControlSystem(system, agent, node, environment, akkaLogger, loggers.CreateLogger<ControlSystem>());
    }

    /// <summary>Joins the cluster that one of <paramref name="seeds"/> is in, or begins one if the first of them is this system itself and no other is in one. Tries again until it is up.</summary>
    public async Task JoinAsync(Func<ImmutableList<NodeAddress>> seeds, CancellationToken cancellationToken)
    {
        var cluster = Cluster.Get(_system);
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.RegisterOnMemberUp(() => up.TrySetResult());
        var backoff = new Backoff(FirstJoin, LastJoin);
        for (var attempt = 1; ; attempt++)
        {
            cluster.JoinSeedNodes(seeds().Select(AddressOf).ToImmutableList());
            var waited = Task.Delay(backoff.Next(), cancellationToken);
            var first = await Task.WhenAny(up.Task, _system.WhenTerminated, waited).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (first != waited)
            {
                return;
            }

            LogJoining(_logger, attempt < FirstToldAttempt ? LogLevel.Debug : LogLevel.Warning, _node.Node.Worker.Value, attempt);
        }
    }

    /// <summary>Asks for the node's fragment to be taken away; then, where the node coordinates, for what it coordinates to be safe without it.</summary>
    /// <returns>Whether nothing of a plan is left on it; false once <paramref name="patience"/> is over, or where nobody is there to be asked.</returns>
    public async Task<bool> HandOverAsync(TimeSpan patience)
    {
        var isFree = await AskAsync(_agent, NodeAgent.BecomeFree.Instance, patience).ConfigureAwait(false) is NodeAgent.LeaveAnswer { IsFree: true };
        if (_environment.Desk.IsAttached)
        {
            // A last snapshot, and a moment for nodes that are leaving with it to say so.
            await AskAsync(_system.ActorSelection(LeadPath), Coordinators.EndLead.Instance, 2 * _environment.Options.StopDeadline).ConfigureAwait(false);
        }

        return isFree;
    }

    /// <returns>The answer; null if none came in time, or while the system lived.</returns>
    private async Task<object?> AskAsync(ICanTell whom, object question, TimeSpan patience)
    {
        var answer = whom.Ask<object>(question, patience);
        await Task.WhenAny(answer, _system.WhenTerminated).ConfigureAwait(false);
        return answer.IsCompletedSuccessfully ? await answer.ConfigureAwait(false) : null;
    }

    /// <summary>The cluster is about to be taken down: Akka's own log ends here.</summary>
    public void Quiet() => _akkaLogger.IsQuiet = true;

    /// <summary>Leaves the cluster and ends the system; without goodbye once <paramref name="patience"/> is over.</summary>
    public async Task LeaveAsync(TimeSpan patience)
    {
        try
        {
            await CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(patience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogNotLeft(_logger, _node.Node.Worker.Value, patience);
        }

        await _system.Terminate().ConfigureAwait(false);
    }

    private static ActorSystem Listen(ActorSystemSetup setup, NodeAddress address)
    {
        try
        {
            return ActorSystem.Create(ControlSettings.SystemName, setup);
        }
        catch (Exception cause) when (SocketCause(cause) is { } found)
        {
            throw new IOException($"Control cannot listen at {address}: {found.Message}. Choose another port, or 0 for any.", cause);
        }
    }

    private static SocketException? SocketCause(Exception cause) => cause switch
    {
        SocketException found => found,
        AggregateException many => many.InnerExceptions.Select(SocketCause).FirstOrDefault(found => found is not null),
        _ => cause.InnerException is { } inner ? SocketCause(inner) : null,
    };

    private Address AddressOf(NodeAddress address) => Cluster.Get(_system).SelfAddress.WithHost(address.Host).WithPort(address.Port);

    [LoggerMessage(EventId = 1100, Message = "Node {Worker} is not in the cluster after attempt {Attempt}; it tries again")]
    private static partial void LogJoining(ILogger logger, LogLevel level, string worker, int attempt);

    [LoggerMessage(EventId = 1101, Level = LogLevel.Warning, Message = "Node {Worker} could not leave the cluster within {Patience}; it is ended without goodbye")]
    private static partial void LogNotLeft(ILogger logger, string worker, TimeSpan patience);
}
