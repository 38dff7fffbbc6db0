using System.Collections.Immutable;
using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Compilation;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Sources;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Runtime.Fragments;

/// <summary>What one worker runs of a plan: compiled, its variants loaded, its sources and sinks open.</summary>
internal sealed class Fragment : IFragment
{
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(10);

    private readonly Workflow _workflow;
    private readonly Plan _plan;
    private readonly FragmentParts _parts;
    private readonly ISnapshotStore? _store;
    private readonly ActorMaterializer _materializer;
    private readonly TimeProvider _time;
    private readonly IRunnableGraph<NotUsed> _graph;
    private readonly FragmentAdjuster _adjuster;
    private readonly Action _onStart;
    private long _revision;
    private bool _isStarted;

    /// <param name="workflow">What is run.</param>
    /// <param name="plan">Who runs what.</param>
    /// <param name="worker">Whose part it is.</param>
    /// <param name="parts">What is opened for it; the fragment takes ownership, unless this throws.</param>
    /// <param name="store">Where its snapshots are kept; null if none are taken.</param>
    /// <param name="materializer">Runs it alone; the fragment takes ownership, unless this throws.</param>
    /// <param name="time">Measures deadlines.</param>
    /// <param name="readyBytes">Most memory for variants that are loaded and not in use.</param>
    /// <param name="onStart">Called when elements begin to flow.</param>
    public Fragment(
        Workflow workflow, Plan plan, WorkerId worker, FragmentParts parts, ISnapshotStore? store, ActorMaterializer materializer, TimeProvider time, long readyBytes, Action onStart)
    {
        _onStart = onStart;
        _store = store;
        _time = time;
        _workflow = workflow;
        _plan = plan;
        _parts = parts;
        _materializer = materializer;
        Worker = worker;
        _graph = FragmentCompiler.Compile(workflow, plan, worker, parts);
        _adjuster = new FragmentAdjuster(workflow, plan, worker, parts, readyBytes);
        parts.Completion.Seal();
        parts.Meters.Seal();
    }

    /// <summary>The worker it is for.</summary>
    public WorkerId Worker { get; }

    /// <summary>The plan's epoch.</summary>
    public long Epoch => _plan.Epoch;

    /// <summary>What it is made of, for the fragment that takes its place.</summary>
    public FragmentParts Parts => _parts;

    /// <inheritdoc />
    public FragmentReport? Predecessor { get; init; }

    /// <inheritdoc />
    public Task Completion => _parts.Completion.Task;

    /// <inheritdoc />
    public ImmutableArray<OperatorId> Staying => _store is null ? [] : [.. _parts.Sinks.Where(s => s.Value.Delivery == Delivery.Transactional).Select(s => s.Key).Order()];

    /// <inheritdoc />
    public ImmutableArray<SourceId> Recalled => [.. _parts.Readers.Values.Where(r => r.Options.IsRecalled).Select(r => r.Source.Id).Order()];

    /// <inheritdoc />
    public Task TakenOver { get; private set; } = Task.CompletedTask;

    /// <inheritdoc />
    public void Start()
    {
        _graph.Run(_materializer);
        _isStarted = true;
        TakenOver = _parts.Succession?.TakeOverAsync() ?? Task.CompletedTask;
        _onStart();
    }

    /// <inheritdoc />
    public void Drain()
    {
        foreach (var reader in _parts.Readers.Values)
        {
            reader.Drain();
        }
    }

    /// <inheritdoc />
    public void Hold(ImmutableArray<SourceId> sources, ImmutableArray<SourceStart> starts)
    {
        foreach (var (source, reader) in _parts.Readers)
        {
            _ = sources.Contains(source) ? reader.Pause() : reader.PassTo(starts.FirstOrDefault(s => s.Source == source)?.Number ?? 0) && reader.Resume();
        }
    }

    /// <inheritdoc />
    public void Abort()
    {
        _parts.Snapshots.Abandon();

        // First: what its stages say when they are cut off is not the cause.
        _parts.Completion.Fail(new OperationCanceledException($"The fragment of worker '{Worker}' was stopped."));
        _materializer.Shutdown();
    }

    /// <inheritdoc />
    public FragmentReport Report()
    {
        _adjuster.Meter();
        return _parts.Meters.Report() with { Revision = Volatile.Read(ref _revision) };
    }

    /// <inheritdoc />
    public async Task<SnapshotReceipt> SnapshotAsync(long snapshot, CancellationToken cancellationToken)
    {
        if (_store is null)
        {
            throw new SnapshotException($"Worker '{Worker}' was asked for snapshot {snapshot}, but keeps none. Configure where, as on the other nodes.");
        }

        var pieces = await _parts.Snapshots.TakeAsync(snapshot).WaitAsync(cancellationToken).ConfigureAwait(false);
        var failed = RestoredState.OfFailures(_parts.Meters.Failures.Report().Sources);
        return await _store.WriteAsync(new SnapshotPart(snapshot, Epoch, Worker, pieces.Add(failed)), _parts.Peers, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async Task CommitAsync(SnapshotManifest complete, CancellationToken cancellationToken)
    {
        await Task.WhenAll(_parts.Sinks.Values.Select(sink => sink.CommitAsync(complete.Snapshot, cancellationToken))).ConfigureAwait(false);
        if (_store is not null)
        {
            await _store.CompleteAsync(complete, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public async Task<ImmutableArray<AdjustOutcome>> AdjustAsync(Adjustment adjustment, CancellationToken cancellationToken)
    {
        var outcomes = await _adjuster.AdjustAsync(adjustment, cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _revision, adjustment.Revision);
        return outcomes;
    }

    /// <inheritdoc cref="FragmentAdjuster.SwapAsync(OperatorId, string, CancellationToken)" />
    public Task SwapAsync(OperatorId op, string variant, CancellationToken cancellationToken) => _adjuster.SwapAsync(op, variant, cancellationToken);

    /// <summary>Stops, and closes links, sources, sinks and variants, once no stage uses them any more or the stop deadline has passed.</summary>
    /// <exception cref="AggregateException">Some stage did not stop in time, or something could not be closed. All that could be is.</exception>
    public async ValueTask DisposeAsync()
    {
        Abort();
        _parts.Succession?.End(_parts);
        var late = _isStarted ? await StopAsync().ConfigureAwait(false) : null;
        await _parts.Links.CloseAsync().ConfigureAwait(false);
        var left = await Release.AllAsync([_adjuster, .. _parts.Pools.Values, .. _parts.Belongings.Close()], StopDeadline, _time).ConfigureAwait(false);
        _ = FreedMemory.GiveBack();
        if (late is not null || left.Count > 0)
        {
            throw new AggregateException($"The fragment of worker '{Worker}' has stopped, but not all of it as it should.", late is null ? left : [late, .. left]);
        }
    }

    private async Task<Exception?> StopAsync()
    {
        try
        {
            await _parts.Completion.Stopped.WaitAsync(StopDeadline, _time).ConfigureAwait(false);
            return null;
        }
        catch (TimeoutException cause)
        {
            return new TimeoutException($"A stage has not stopped within {StopDeadline}: what it uses is closed all the same. Look for a function, model or sink that does not return.", cause);
        }
        catch (Exception cause)
        {
            return cause;
        }
    }
}
