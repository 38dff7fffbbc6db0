using System.Collections.Immutable;
using JellyBean.Runtime.Fragments;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Control.Nodes;

/// <summary>A node: keeps what carries elements and, apart from it, a control system that is begun again whenever the cluster ends it.</summary>
internal sealed partial class Node : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(10);

    private readonly NodeIdentity _identity;
    private readonly FragmentKeeper _keeper;
    private readonly PlanService? _plans;
    private readonly NodeEnvironment _environment;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _welcomed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private volatile ControlSystem _control;
    private volatile bool _hasJoined;
    private Task _serving = Task.CompletedTask;

    /// <summary>Starts a node that is not yet in a cluster.</summary>
    /// <param name="description">What it is.</param>
    /// <param name="fingerprint">Of the workflow that it has built.</param>
    /// <param name="host">What carries elements; takes ownership.</param>
    /// <param name="environment">What surrounds it.</param>
    public Node(NodeDescription description, string fingerprint, IFragmentHost host, NodeEnvironment environment)
    {
        _identity = new NodeIdentity(description, fingerprint, Guid.NewGuid().ToString("N")) { Workflow = environment.Workflow, IsBeside = environment.IsBeside };
        _logger = environment.Loggers.CreateLogger<Node>();
        _keeper = new FragmentKeeper(host, _logger);
        _environment = environment with { Stopping = _stop.Token };
        _plans = description.IsPlanner && environment.Planner is { } planner ? new PlanService(planner, environment.Names, _stop.Token) : null;
        _control = StartControl();
    }

    public NodeDescription Description => _identity.Node;

    /// <summary>Where its control system listens now.</summary>
    public NodeAddress Address => _control.Address;

    /// <summary>Whether its control system lives.</summary>
    public bool IsReachable => !_control.Ended.IsCompleted;

    /// <summary>Whether its control system is in the cluster.</summary>
    public bool HasJoined => _hasJoined && IsReachable;

    /// <summary>Completes when the coordinator knows it; fails if it was refused.</summary>
    public Task Welcomed => _welcomed.Task;

    /// <summary>The control system of the moment.</summary>
    internal ControlSystem Control => _control;

    /// <summary>Joins and stays in the cluster until it is disposed.</summary>
    /// <param name="seeds">Nodes to join; its own address first to begin a cluster where none of them is in one. Asked at each attempt.</param>
    public void Serve(Func<ImmutableList<NodeAddress>> seeds) => _serving = Task.Run(() => ServeAsync(seeds));

    /// <summary>Asks for its fragment to be taken away: another plan takes the place of the one in force.</summary>
    /// <returns>Whether nothing of a plan is left on it; false once <paramref name="patience"/> is over.</returns>
    public Task<bool> HandOverAsync(TimeSpan patience) => _control.HandOverAsync(patience);

    /// <summary>Leaves the cluster and lets go of everything.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _control.LeaveAsync(_environment.Options.StopDeadline).ConfigureAwait(false);
        await _keeper.DisposeAsync().ConfigureAwait(false);
        _welcomed.TrySetCanceled();
        _stop.Dispose();
    }

    private async Task ServeAsync(Func<ImmutableList<NodeAddress>> seeds)
    {
        var backoff = new Backoff(FirstPause, LastPause);
        while (true)
        {
            await _control.JoinAsync(seeds, _stop.Token).ConfigureAwait(false);
            _hasJoined = true;
            await _control.Ended.WaitAsync(_stop.Token).ConfigureAwait(false);
            var pause = backoff.Next();
            LogRestarting(_logger, _identity.Node.Worker.Value, pause.TotalSeconds);
            await Task.Delay(pause, _stop.Token).ConfigureAwait(false);
            _hasJoined = false;
            _control = await StartAgainAsync(backoff).ConfigureAwait(false);
        }
    }

    /// <summary>What runs goes on meanwhile: a port that somebody else has got is no reason to end.</summary>
    private async Task<ControlSystem> StartAgainAsync(Backoff backoff)
    {
        while (true)
        {
            try
            {
                return StartControl();
            }
            catch (IOException cause)
            {
                var pause = backoff.Next();
                LogNotListening(_logger, _identity.Node.Worker.Value, cause.Message, pause.TotalSeconds);
                await Task.Delay(pause, _stop.Token).ConfigureAwait(false);
            }
        }
    }

    private ControlSystem StartControl() => ControlSystem.Start(_identity, _keeper, _plans, _welcomed, _environment);

    [LoggerMessage(EventId = 1105, Level = LogLevel.Warning, Message = "Node {Worker} has lost the cluster; what it runs goes on, and it joins again in {Seconds} s")]
    private static partial void LogRestarting(ILogger logger, string worker, double seconds);

    [LoggerMessage(EventId = 1106, Level = LogLevel.Warning, Message = "Node {Worker} does not get back into the cluster. {Cause} It tries again in {Seconds} s")]
    private static partial void LogNotListening(ILogger logger, string worker, string cause, double seconds);
}
