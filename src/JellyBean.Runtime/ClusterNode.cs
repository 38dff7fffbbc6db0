using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Clients;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Nodes;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Snapshots;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime;

/// <summary>This process as a node of a cluster: it joins, runs the fragments that it is told to, and coordinates if it may and is the oldest of those.</summary>
/// <remarks>Thread-safe. Disposing leaves the cluster; <see cref="LeaveAsync"/> first lets the fragment move away.</remarks>
public sealed class ClusterNode : IAsyncDisposable
{
    private readonly Node _node;
    private readonly IAsyncDisposable? _links;
    private readonly ClusterNodeOptions _options;
    private readonly RunDesk _desk;
    private int _isDisposed;

    private ClusterNode(Node node, string workflow, IAsyncDisposable? links, ClusterNodeOptions options, RunDesk desk)
    {
        _desk = desk;
        Control = new RemoteControl(() => node.Control.Here, new About(workflow, IsPreference: true));
        _node = node;
        _links = links;
        _options = options;
    }

    /// <summary>Where control listens.</summary>
    public NodeAddress Address => _node.Address;

    /// <summary>Commands the node's workflow in the cluster, whichever node coordinates.</summary>
    public IWorkflowControl Control { get; }

    /// <summary>Whether this node coordinates now, or is about to.</summary>
    public bool Coordinates => _desk.IsAttached;

    /// <summary>Completes when the coordinator knows the node; fails with a <see cref="RunException"/> if the node was refused.</summary>
    public Task Welcomed => _node.Welcomed;

    /// <summary>Starts a node; it goes on trying to join until it is disposed.</summary>
    /// <param name="bindings">The workflow, with its sources and sinks.</param>
    /// <param name="description">What the node is.</param>
    /// <param name="options">Where it listens, whom it joins.</param>
    /// <param name="planner">Makes plans, should the node coordinate; null where it may not.</param>
    /// <param name="loggers">Where everything logs, Akka's own warnings included.</param>
    /// <exception cref="ArgumentException">Something is not allowed; all that is wrong is in the message.</exception>
    /// <exception cref="IOException">Control or links cannot listen where they are to.</exception>
    public static ClusterNode Start(WorkflowBindings bindings, NodeDescription description, ClusterNodeOptions options, IClusterPlanner? planner, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(bindings);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(description);

        // A node that runs nothing needs no links.
        return Start(description, bindings.Workflow.Fingerprint, options, planner, loggers, () =>
        {
            var endpoint = description.Tier is null
                ? null
                : LinkEndpoint.Start(options.LinksToListen, options.Certificates, bindings.Workflow.Fingerprint, loggers, TimeProvider.System);
            var store = options.Patience.Snapshots is not { } snapshots ? null
                : endpoint is null ? new SnapshotStore(description.Worker, snapshots, TimeProvider.System)
                : new SnapshotStore(description.Worker, snapshots, TimeProvider.System, endpoint, bindings.Workflow.Fingerprint, options.LinksToListen.SilenceDeadline);
            return (new DataPlane(description, bindings, new LocalLinks(), loggers, TimeProvider.System, store, endpoint), endpoint);
        }, CommandNames.Of(bindings, planner?.Tiers ?? []), bindings.Workflow.Name);
    }

    /// <summary>As the public one, with what carries elements and what the node has built handed in.</summary>
    internal static ClusterNode Start(
        NodeDescription description, string fingerprint, ClusterNodeOptions options, IClusterPlanner? planner, ILoggerFactory loggers, Func<(IFragmentHost Host, IAsyncDisposable? Links)> carrier, CommandNames? names = null, string workflow = "")
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        var problems = options.Problems(description).ToList();
        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(options));
        }

        var environment = new NodeEnvironment
        {
            Workflow = workflow,
            IsBeside = options.IsBeside,
            Loggers = loggers,
            Options = options.Patience,
            Listen = options.Listen,
            AdvertisedHost = options.AdvertisedHost,
            Certificates = options.Certificates,
            Coordinators = options.Coordinators,
            Planner = planner,
            Names = names ?? CommandNames.None,
            Journal = options.Journal ?? new MemoryJournal(),
        };
        var (host, links) = carrier();
        Node node;
        try
        {
            node = new Node(description, fingerprint, host, environment);
        }
        catch
        {
            // Nobody would know of them any more.
            _ = ReleaseAsync(host, links);
            throw;
        }

        node.Serve(() => options.Join.IsEmpty ? [node.Address] : [.. options.Join]);
        return new ClusterNode(node, $"{workflow}@{fingerprint}", links, options, environment.Desk);
    }

    private static async Task ReleaseAsync(IFragmentHost host, IAsyncDisposable? links)
    {
        await host.DisposeAsync().ConfigureAwait(false);
        if (links is not null)
        {
            await links.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Lets the node's fragment move to other nodes, then leaves the cluster.</summary>
    /// <param name="cancellationToken">Leaves at once; what the fragment still had to do is then done from the last point that can be returned to.</param>
    /// <returns>Whether nothing of a plan was left on the node.</returns>
    public async Task<bool> LeaveAsync(CancellationToken cancellationToken)
    {
        // One that was never welcomed was never given anything.
        var isFree = !_node.Welcomed.IsCompletedSuccessfully;
        try
        {
            isFree = isFree || await _node.HandOverAsync(_options.Patience.DrainDeadline).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Told to go at once.
        }

        await DisposeAsync().ConfigureAwait(false);
        return isFree;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _node.Control.Quiet();
            await _node.DisposeAsync().ConfigureAwait(false);
            if (_links is not null)
            {
                await _links.DisposeAsync().ConfigureAwait(false);
            }

            _options.Journal?.Dispose();
        }
    }
}
