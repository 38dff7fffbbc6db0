using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Streams;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Compilation;
using JellyBean.Runtime.Inference;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Sources;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
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

    // Of the fragment before, which may long be disposed.
    private ImmutableDictionary<SourceId, SourceReader> _readers = ImmutableDictionary<SourceId, SourceReader>.Empty;

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
    }

    /// <inheritdoc />
    public NodeAddress? LinkAddress => _endpoint?.Address;

    /// <summary>Compiles the worker's part of a plan, loads its variants and opens its sources and sinks; lets nothing flow yet.</summary>
    /// <exception cref="Workflows.Models.ModelLoadException">A variant cannot be loaded.</exception>
    /// <exception cref="Workflows.Outputs.SinkException">A sink cannot be opened.</exception>
    /// <exception cref="SnapshotException">The snapshot to go on from is not there, or of another form.</exception>
    /// <exception cref="LinkException">A link cannot be opened.</exception>
    public async Task<Fragment> PrepareAsync(FragmentOrder order, CancellationToken cancellationToken)
    {
        var plan = order.Plan;
        var opened = new List<IAsyncDisposable>();
        var meters = new FragmentMeters(plan.Epoch, _node.Worker, new FailureLedger(_logger));
        var links = new FragmentLinks(_bindings.Workflow, _bindings.Codecs, _bindings.Sizer, _links, _endpoint, order.Peers, meters);
        ActorMaterializer? materializer = null;
        try
        {
            var restored = await RestoreAsync(order.Resume ?? 0, cancellationToken).ConfigureAwait(false);
            var parts = new FragmentParts
            {
                Readers = OpenReaders(order, meters, restored, opened),
                Pools = await LoadPoolsAsync(plan, meters, opened, cancellationToken).ConfigureAwait(false),
                Sinks = await OpenSinksAsync(order, opened, cancellationToken).ConfigureAwait(false),
                Meters = meters,
                Completion = new FragmentCompletion(),
                Snapshots = new FragmentSnapshots(plan.Epoch, _bindings.Codecs, restored.Pieces),
                Links = links,
            };

            // One of its own, for it is shut down with its fragment: without settings one gets the system's, which is shared.
            materializer = ActorMaterializer.Create(_system, ActorMaterializerSettings.Create(_system));
            return new Fragment(_bindings.Workflow, plan, _node.Worker, parts, _store, materializer, _time, _node.MemoryBytes / ReadyPart);
        }
        catch
        {
            materializer?.Shutdown();
            await links.CloseAsync().ConfigureAwait(false);
            foreach (var cause in await Release.AllAsync(opened, ReleaseDeadline, _time).ConfigureAwait(false))
            {
                LogLeft(_logger, _node.Worker, plan.Epoch, cause);
            }

            throw;
        }
    }

    async Task<IFragment> IFragmentHost.PrepareAsync(FragmentOrder order, CancellationToken cancellationToken) =>
        await PrepareAsync(order, cancellationToken).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        await _system.Terminate().WaitAsync(TerminationDeadline).ConfigureAwait(false);
        _system.Dispose();
    }

    private async Task<RestoredState> RestoreAsync(long snapshot, CancellationToken cancellationToken)
    {
        if (snapshot == 0)
        {
            return RestoredState.None;
        }

        if (_store is null)
        {
            throw new SnapshotException($"Worker '{_node.Worker}' is to go on from snapshot {snapshot}, but keeps no snapshots. Configure where, as on the other nodes.");
        }

        var restored = new RestoredState(await _store.ReadAsync(snapshot, cancellationToken).ConfigureAwait(false));
        restored.Check(_bindings.Workflow);
        return restored;
    }

    private ImmutableDictionary<SourceId, SourceReader> OpenReaders(FragmentOrder order, FragmentMeters meters, RestoredState restored, List<IAsyncDisposable> opened)
    {
        var plan = order.Plan;
        var readers = ImmutableDictionary.CreateBuilder<SourceId, SourceReader>();
        foreach (var planned in plan.Sources.Where(s => s.Worker == _node.Worker))
        {
            var binding = _bindings.Sources[planned.Source];
            var source = binding.Open();
            var meter = meters.Source(planned.Input, planned.Source);
            var options = new SourceOptions
            {
                Overload = binding.Overload,
                AllowedLateness = binding.Input.AllowedLateness,
                IdleAfter = binding.Input.IdleAfter,
                Epoch = plan.Epoch,
            };
            if (order.Resume is not null && !source.IsReplayable && _readers.TryGetValue(planned.Source, out var former))
            {
                // What it offered until now is offered: its numbers are never given to other elements.
                options = options with { From = former.Next };
            }

            if (restored.Of(planned.Source) is { } state)
            {
                options = options.GoOn(state, source.IsReplayable);
                meters.Failures.Restore(planned.Source, restored.FailedOf(planned.Source, state.Number));
            }

            meter.Restore(options.From, options.Dropped);
            var reader = new SourceReader(source, options, meter);
            readers.Add(planned.Source, reader);
            opened.Add(reader);
        }

        return _readers = readers.ToImmutable();
    }

    private async Task<ImmutableDictionary<OperatorId, InferencePool>> LoadPoolsAsync(
        Plan plan, FragmentMeters meters, List<IAsyncDisposable> opened, CancellationToken cancellationToken)
    {
        var pools = ImmutableDictionary.CreateBuilder<OperatorId, InferencePool>();
        foreach (var op in _bindings.Workflow.Operators.OfType<InferOperator>())
        {
            var placement = plan[op.Id];
            if (placement.Instances.FirstOrDefault(i => i.Worker == _node.Worker) is not { } instance)
            {
                continue;
            }

            var kernels = await KernelLoader.LoadAsync(op, placement.Variant!, instance.Parallelism, cancellationToken).ConfigureAwait(false);
            var options = new InferenceOptions { BatchSize = placement.BatchSize, Speed = _node.Speed };
            var pool = new InferencePool(op.Id.Value, kernels, options, meters.Stage(op.Id));
            pools.Add(op.Id, pool);
            opened.Add(pool);
        }

        return pools.ToImmutable();
    }

    private async Task<ImmutableDictionary<OperatorId, BoundSink>> OpenSinksAsync(FragmentOrder order, List<IAsyncDisposable> opened, CancellationToken cancellationToken)
    {
        var plan = order.Plan;
        long? back = order.Resume > 0 && await IsReplayableAsync(plan).ConfigureAwait(false) ? order.Resume : null;
        var sinks = ImmutableDictionary.CreateBuilder<OperatorId, BoundSink>();
        foreach (var output in _bindings.Workflow.Operators.OfType<OutputOperator>().Where(o => plan[o.Id].Instances.Any(i => i.Worker == _node.Worker)))
        {
            var sink = _bindings.Sinks[output.Id]();
            opened.Add(sink);
            await (order.Resume is null ? sink.OpenAsync(plan.Epoch, cancellationToken) : sink.ResumeAsync(plan.Epoch, back, cancellationToken)).ConfigureAwait(false);

            sinks.Add(output.Id, sink);
        }

        return sinks.ToImmutable();
    }

    /// <summary>Whether every source can be read again. If one cannot, results behind a snapshot will not all come again, so none is taken back.</summary>
    private async Task<bool> IsReplayableAsync(Plan plan)
    {
        var isReplayable = true;
        foreach (var planned in plan.Sources)
        {
            await using var source = _bindings.Sources[planned.Source].Open();
            isReplayable &= source.IsReplayable;
        }

        return isReplayable;
    }

    [LoggerMessage(EventId = 1010, Level = LogLevel.Warning, Message = "Worker {Worker} could not prepare epoch {Epoch}, and something that it had opened could not be let go")]
    private static partial void LogLeft(ILogger logger, WorkerId worker, long epoch, Exception cause);
}
