using JellyBean.Planning.Plans;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Nodes;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Snapshots;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime;

/// <summary>Every node of a catalogue in this process: a real cluster on loopback, where only the process boundary is missing.</summary>
/// <remarks>Thread-safe. Nothing listens outside 127.0.0.1. Disposing stops a run that is still on.</remarks>
public sealed partial class LocalCluster : IAsyncDisposable
{
    private readonly LocalClusterOptions _options;
    private readonly RunDesk _desk;
    private readonly IReadOnlyList<Node> _nodes;
    private int _isDisposed;

    private LocalCluster(LocalClusterOptions options, RunDesk desk, IReadOnlyList<Node> nodes)
    {
        _options = options;
        _desk = desk;
        _nodes = nodes;
    }

    /// <summary>The nodes.</summary>
    internal IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>Starts a node for each description, forms the cluster and waits until the coordinator knows them all.</summary>
    /// <param name="bindings">The workflow that every node builds, with its sources and sinks.</param>
    /// <param name="nodes">At least one, with unique workers; at least one may coordinate.</param>
    /// <param name="options">How patiently nodes wait.</param>
    /// <param name="loggers">Where everything logs, Akka's own warnings included.</param>
    /// <param name="cancellationToken">Gives up; what was started is stopped.</param>
    /// <exception cref="ArgumentException">Nodes or options are not allowed; all that is wrong is in the message.</exception>
    /// <exception cref="RunException">A node was refused, or the cluster was not formed within the deadline.</exception>
    public static Task<LocalCluster> StartAsync(
        WorkflowBindings bindings,
        IReadOnlyList<NodeDescription> nodes,
        LocalClusterOptions options,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(bindings);
        ArgumentNullException.ThrowIfNull(options);
        var links = new LocalLinks();
        return StartAsync(
            nodes,
            _ => bindings.Workflow.Fingerprint,
            node => new DataPlane(
                node, bindings, links, loggers, TimeProvider.System, options.Snapshots is { } snapshots ? new SnapshotStore(node.Worker, snapshots, TimeProvider.System) : null),
            options,
            loggers,
            cancellationToken);
    }

    /// <summary>As the public one, with what carries elements and what each node has built handed in.</summary>
    internal static async Task<LocalCluster> StartAsync(
        IReadOnlyList<NodeDescription> descriptions,
        Func<NodeDescription, string> fingerprint,
        Func<NodeDescription, IFragmentHost> host,
        LocalClusterOptions options,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(descriptions);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        Check(descriptions, options);

        var began = TimeProvider.System.GetTimestamp();
        var desk = new RunDesk();

        // Every node shares this machine's cores with models that take all of them; and a cluster that lives for one run forms in well under a second.
        var environment = new NodeEnvironment
        {
            Options = options,
            Loggers = loggers,
            Desk = desk,
            HeartbeatPause = TimeSpan.FromSeconds(10),
            GossipInterval = TimeSpan.FromMilliseconds(100),
        };
        var nodes = new List<Node>();
        var cluster = new LocalCluster(options, desk, nodes);
        try
        {
            foreach (var description in descriptions)
            {
                nodes.Add(new Node(description, fingerprint(description), host(description), environment with { Journal = new MemoryJournal() }));
            }

            // The first that may coordinate begins the cluster; whoever comes back later joins one that is there.
            var first = nodes.Find(n => n.Description.IsCoordinator)!;
            foreach (var node in nodes)
            {
                node.Serve(() => [SeedFor(node, first, nodes)]);
            }

            await cluster.FormAsync(began, options.JoinDeadline, loggers.CreateLogger<LocalCluster>(), cancellationToken).ConfigureAwait(false);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Puts a plan in force and runs it until every source has ended and every result is written.</summary>
    /// <param name="plan">Made for this workflow and these nodes. Its epoch is set here.</param>
    /// <param name="progress">Told how far the run is, at every report interval; null if nobody asks.</param>
    /// <param name="drain">Once cancelled, sources stop, what was admitted is processed, and the run completes normally.</param>
    /// <returns>The complete and exact report.</returns>
    /// <exception cref="RunException">A node refused the plan or its fragment failed. The whole run was stopped.</exception>
    /// <exception cref="InvalidOperationException">A run is on: a cluster runs one plan at a time.</exception>
    /// <exception cref="ObjectDisposedException">The cluster was disposed.</exception>
    public Task<RunReport> RunAsync(Plan plan, IProgress<RunReport>? progress, CancellationToken drain) => RunAsync(plan, resume: null, progress, drain);

    /// <inheritdoc cref="RunAsync(Plan, IProgress{RunReport}, CancellationToken)" />
    /// <param name="plan">Made for this workflow and these nodes. Its epoch is set here.</param>
    /// <param name="resume">What to go on with; null to begin anew. Found where <see cref="LocalClusterOptions.Snapshots"/> says, and without problems.</param>
    /// <param name="progress">Told how far the run is, at every report interval; null if nobody asks.</param>
    /// <param name="drain">Once cancelled, sources stop, what was admitted is processed, and the run completes normally.</param>
    public Task<RunReport> RunAsync(Plan plan, UnfinishedRun? resume, IProgress<RunReport>? progress, CancellationToken drain)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        plan = resume is null ? plan : plan with { Epoch = Math.Max(plan.Epoch, resume.Epoch) };
        return _desk.RunAsync(plan, resume?.Snapshot, progress, _options.JoinDeadline, drain);
    }

    /// <summary>Asks for another plan to take the place of the one in force, while elements flow.</summary>
    /// <returns>Whether somebody was asked.</returns>
    internal bool Propose(Plan plan, string reason) => _desk.Propose(plan, reason);

    /// <summary>Stops a run that is still on, leaves the cluster and stops every node.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _desk.AbortAsync("The cluster was stopped while the run was on.", _options.StopDeadline).ConfigureAwait(false);

        foreach (var node in _nodes)
        {
            node.Control.Quiet();
        }

        // Whoever coordinates goes last, so that nobody takes over in between.
        await Task.WhenAll(_nodes.Where(n => !n.Description.IsCoordinator).Select(n => n.DisposeAsync().AsTask())).ConfigureAwait(false);
        foreach (var node in _nodes.Where(n => n.Description.IsCoordinator).Reverse())
        {
            await node.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static void Check(IReadOnlyList<NodeDescription> nodes, LocalClusterOptions options)
    {
        List<string> problems = [.. options.Problems().Select(p => $"{p.Option} is {p.Found}; allowed is {p.Allowed}.")];
        problems.AddRange(nodes.GroupBy(n => n.Worker).Where(g => g.Count() > 1).Select(g => $"Worker '{g.Key}' has {g.Count()} nodes; allowed is one."));
        if (!nodes.Any(n => n.IsCoordinator))
        {
            problems.Add($"None of the {nodes.Count} nodes may coordinate. Set {nameof(NodeDescription.IsCoordinator)} on at least one.");
        }

        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(nodes));
        }
    }

    private static NodeAddress SeedFor(Node node, Node first, List<Node> nodes) =>
        (first != node && first.IsReachable ? first : nodes.Find(n => n != node && n != first && n.HasJoined) ?? first).Address;

    private async Task FormAsync(long began, TimeSpan patience, ILogger logger, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(patience);
        var pending = _nodes.Select(n => n.Welcomed).ToList();
        try
        {
            // A refusal need not wait for the others.
            while (pending.Count > 0)
            {
                var first = await Task.WhenAny(pending).WaitAsync(deadline.Token).ConfigureAwait(false);
                await first.ConfigureAwait(false);
                pending.Remove(first);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var missing = string.Join(", ", _nodes.Where(n => !n.Welcomed.IsCompletedSuccessfully).Select(n => n.Description.Worker));
            throw new RunException($"These nodes have not joined the cluster within {patience}: {missing}. Look for warnings above; raise {nameof(LocalClusterOptions.JoinDeadline)} if the machine is busy.");
        }

        var elapsed = TimeProvider.System.GetElapsedTime(began);
        LogFormed(logger, _nodes.Count, elapsed.TotalMilliseconds);
    }

    [LoggerMessage(EventId = 1160, Level = LogLevel.Information, Message = "{Nodes} nodes have formed a cluster in {Milliseconds:F0} ms")]
    private static partial void LogFormed(ILogger logger, int nodes, double milliseconds);
}
