using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Streams;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Sources;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Fragments;

/// <summary>The part of a node that carries elements: a local actor system of its own, which outlives the cluster's.</summary>
internal sealed partial class DataPlane : IFragmentHost
{
    // Small buffers between stages: what waits there adds latency, and frames are large.
    private const string Settings = """
        akka {
          loglevel = WARNING
          loggers = ["JellyBean.Runtime.Telemetry.AkkaLogger, JellyBean.Runtime"]
          stdout-logger-class = "JellyBean.Runtime.Telemetry.SilentLogger, JellyBean.Runtime"
          log-dead-letters = off
          scheduler.tick-duration = 100ms
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          stream.materializer { initial-input-buffer-size = 4, max-input-buffer-size = 4 }
        }
        """;

    private static readonly TimeSpan TerminationDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReleaseDeadline = TimeSpan.FromSeconds(10);

    // Of a node's memory, for variants that are loaded and not in use: sessions hold about twice what they say.
    private const int ReadyPart = 8;

    private readonly NodeDescription _node;
    private readonly WorkflowBindings _bindings;
    private readonly LocalLinks _links;
    private readonly LinkEndpoint? _endpoint;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ISnapshotStore? _store;
    private readonly ActorSystem _system;
    private readonly Materializers _materializers;

    // Of the fragment that ran last, which may long be disposed.
    private volatile FragmentMeters? _meters;

    /// <param name="node">What it serves as.</param>
    /// <param name="bindings">The workflow, with its sources and sinks.</param>
    /// <param name="links">Where links inside this process meet.</param>
    /// <param name="loggers">Where it logs.</param>
    /// <param name="time">Measures deadlines.</param>
    /// <param name="store">Where snapshots are kept; null if none are taken.</param>
    /// <param name="endpoint">Links to other processes; null where there are none. Not disposed here; outlives it.</param>
    public DataPlane(
        NodeDescription node,
        WorkflowBindings bindings,
        LocalLinks links,
        ILoggerFactory loggers,
        TimeProvider time,
        ISnapshotStore? store = null,
        LinkEndpoint? endpoint = null)
    {
        links.Add(node.Worker);
        _endpoint = endpoint;
        _time = time;
        _store = store;
        _node = node;
        _bindings = bindings;
        _links = links;
        _logger = loggers.CreateLogger("JellyBean.Runtime");
        var setup = BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString(Settings)).And(new AkkaLoggerSetup(loggers.CreateLogger("JellyBean.Runtime.Akka")));
        _system = ActorSystem.Create($"data-{node.Worker.Value}", setup);
        _materializers = new Materializers(_system);
    }

    /// <inheritdoc />
    public NodeAddress? LinkAddress => _endpoint?.Address;

    /// <summary>Compiles the worker's part of a plan, loads its variants and opens its sources and sinks; lets nothing flow yet.</summary>
    /// <param name="order">What of.</param>
    /// <param name="before">What runs here by the plan whose place this one takes; null if nothing does.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Workflows.Models.ModelLoadException">A variant cannot be loaded.</exception>
    /// <exception cref="Workflows.Outputs.SinkException">A sink cannot be opened, or cannot move while elements flow.</exception>
    /// <exception cref="SnapshotException">The snapshot to go on from is not there, or of another form.</exception>
    /// <exception cref="LinkException">A link cannot be opened.</exception>
    public async Task<Fragment> PrepareAsync(FragmentOrder order, Fragment? before, CancellationToken cancellationToken)
    {
        var preparation = new FragmentPreparation(order, before?.Parts, _node, _bindings, _store, new FailureLedger(_logger));
        var links = new FragmentLinks(_bindings.Workflow, _bindings.Codecs, _bindings.Sizer, _links, _endpoint, order.Peers, preparation.Meters);
        ActorMaterializer? materializer = null;
        try
        {
            var parts = await preparation.OpenAsync(links, cancellationToken).ConfigureAwait(false);

            // One of its own, for it is shut down with its fragment.
            materializer = _materializers.Create();
            var fragment = new Fragment(
                _bindings.Workflow, order.Plan, _node.Worker, parts, _store, materializer, _time, _node.MemoryBytes / ReadyPart, onStart: () => _meters = parts.Meters)
            {
                Predecessor = order.Resume is not null && before is null ? _meters?.Report() : null,
            };
            before?.Parts.PassTo(parts);
            return fragment;
        }
        catch
        {
            materializer?.Shutdown();
            await links.CloseAsync().ConfigureAwait(false);
            foreach (var cause in await Release.AllAsync(preparation.Opened, ReleaseDeadline, _time).ConfigureAwait(false))
            {
                LogLeft(_logger, _node.Worker, order.Plan.Epoch, cause);
            }

            throw;
        }
    }

    async Task<IFragment> IFragmentHost.PrepareAsync(FragmentOrder order, IFragment? before, CancellationToken cancellationToken) =>
        await PrepareAsync(order, (Fragment?)before, cancellationToken).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        await _system.Terminate().WaitAsync(TerminationDeadline).ConfigureAwait(false);
        _system.Dispose();
    }

    [LoggerMessage(EventId = 1010, Level = LogLevel.Warning, Message = "Worker {Worker} could not prepare epoch {Epoch}, and something that it had opened could not be let go")]
    private static partial void LogLeft(ILogger logger, WorkerId worker, long epoch, Exception cause);
}
