using System.Collections.Immutable;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Compilation;
using JellyBean.Runtime.Inference;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Sources;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Runtime.Fragments;

/// <summary>Opens what a fragment is made of: what is new is loaded and opened, what goes on from the fragment before is only named, and passes over at the switch.</summary>
internal sealed class FragmentPreparation
{
    private readonly FragmentOrder _order;
    private readonly FragmentParts? _before;
    private readonly NodeDescription _node;
    private readonly WorkflowBindings _bindings;
    private readonly ISnapshotStore? _store;
    private readonly Belongings _belongings;
    private readonly List<InferencePool> _pools = [];

    /// <param name="order">What of.</param>
    /// <param name="before">Of the fragment whose place it takes on this worker; null if none runs here.</param>
    /// <param name="node">The worker.</param>
    /// <param name="bindings">The workflow, with its sources and sinks.</param>
    /// <param name="store">Where snapshots are kept; null if none are taken.</param>
    /// <param name="failures">Where failures are remembered, unless the fragment before has begun that.</param>
    public FragmentPreparation(FragmentOrder order, FragmentParts? before, NodeDescription node, WorkflowBindings bindings, ISnapshotStore? store, FailureLedger failures)
    {
        _order = order;
        _before = before;
        _node = node;
        _bindings = bindings;
        _store = store;
        _belongings = new Belongings(order.Plan.Epoch);
        Meters = new FragmentMeters(order.Plan.Epoch, node.Worker, before?.Meters.Failures ?? failures, [.. order.Plan.Sources.Select(s => s.Source)], before?.Meters);
    }

    public FragmentMeters Meters { get; }

    /// <summary>What has been opened so far, to be let go if the rest cannot be.</summary>
    public IEnumerable<IAsyncDisposable> Opened => [.. _pools, .. _belongings.Close()];

    private Plan Plan => _order.Plan;

    /// <param name="links">The fragment's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<FragmentParts> OpenAsync(FragmentLinks links, CancellationToken cancellationToken)
    {
        var restored = await RestoreAsync(cancellationToken).ConfigureAwait(false);
        var succession = _order.Former is { } place ? new Succession(_bindings.Workflow, place, Plan, _node.Worker, _before, links, Meters) : null;
        var readers = OpenReaders(restored);
        if (_order.Former is not null)
        {
            await CheckAsync(readers, cancellationToken).ConfigureAwait(false);
        }

        var (sinks, toOpen) = await OpenSinksAsync(cancellationToken).ConfigureAwait(false);
        return new FragmentParts
        {
            Readers = readers,
            Pools = await LoadPoolsAsync(cancellationToken).ConfigureAwait(false),
            Sinks = sinks,
            SinksToOpen = toOpen,
            Belongings = _belongings,
            Succession = succession,
            Meters = Meters,
            Completion = new FragmentCompletion(),
            Snapshots = succession is null
                ? new FragmentSnapshots(Plan.Epoch, _bindings.Codecs, restored.Pieces)
                : new FragmentSnapshots(Plan.Epoch, _bindings.Codecs, succession.OfAsync, succession.OnRestored),
            Links = links,
            Peers = _order.Peers,
        };
    }

    private async Task<RestoredState> RestoreAsync(CancellationToken cancellationToken)
    {
        if (_order is not { Resume: > 0 and var snapshot, Former: null })
        {
            return RestoredState.None;
        }

        if (_store is null)
        {
            throw new SnapshotException($"Worker '{_node.Worker}' is to go on from snapshot {snapshot}, but keeps no snapshots. Configure where, as on the other nodes.");
        }

        var restored = new RestoredState(await _store.ReadAsync(snapshot, _order.Parts, _order.Peers, cancellationToken).ConfigureAwait(false));
        restored.Check(_bindings.Workflow);
        return restored;
    }

    private ImmutableDictionary<SourceId, SourceReader> OpenReaders(RestoredState restored)
    {
        var readers = ImmutableDictionary.CreateBuilder<SourceId, SourceReader>();
        foreach (var planned in Plan.Sources.Where(s => s.Worker == _node.Worker))
        {
            if (_before?.Readers.GetValueOrDefault(planned.Source) is { } going)
            {
                _belongings.Want(going);
                readers.Add(planned.Source, going);
                continue;
            }

            // Nobody hands it over: the run begins, a crash has come between, or it is added.
            var isNew = _order.Former?.Sources.All(s => s.Source != planned.Source) ?? true;
            var binding = _bindings.SourceOf(planned.Source, _order.Added);
            var source = binding.Open();
            var options = new SourceOptions
            {
                Overload = binding.Overload,
                AllowedLateness = binding.Input.AllowedLateness,
                IdleAfter = binding.Input.IdleAfter,
                BeginsIdle = isNew && _order.Former is not null,
            };
            var state = restored.Of(planned.Source);
            SourceStart? start = _order.Starts.FirstOrDefault(s => s.Source == planned.Source);
            var isHeld = _order.Paused.Contains(planned.Source);
            var comesAgain = source.IsReplayable || (state is not null && !isHeld && source.CanReadAgain(AgainFrom(state, start)));
            if (_order.Resume is not null && !comesAgain && isNew)
            {
                options = options with { From = SourceNumbers.FirstIn(Plan.Epoch) };
            }

            if (start is not null)
            {
                options = options with { Start = start, From = Math.Max(options.From, start.Number) };
            }

            if (state is not null)
            {
                options = options.GoOn(state, comesAgain) with { IsRecalled = comesAgain && !source.IsReplayable };

                // Of a live source, those that had failed have numbers that are over.
                Meters.Failures.Restore(planned.Source, comesAgain ? restored.FailedOf(planned.Source, state.Number) : []);
            }

            var reader = new SourceReader(source, options, Meters.Source(planned.Input, planned.Source));
            _belongings.Own(reader);
            readers.Add(planned.Source, reader);
            if (isHeld)
            {
                reader.Pause();
            }
        }

        return readers.ToImmutable();
    }

    /// <summary>What cannot be read here must not take the place of what is read elsewhere, nor stop what runs.</summary>
    private async Task CheckAsync(ImmutableDictionary<SourceId, SourceReader> readers, CancellationToken cancellationToken)
    {
        var begun = readers.Where(r => _before?.Readers.ContainsKey(r.Key) != true).OrderBy(r => r.Key).Select(r => r.Value.Source.CheckAsync(cancellationToken));
        await Task.WhenAll(begun).ConfigureAwait(false);
    }

    /// <summary>
    /// The first number that a recorded source is to give again. What another version read before this one had read anything is not this one's; nor is anything asked for of one that is held up: who takes it over next
    /// would count from what it gives again, and give numbers twice.
    /// </summary>
    private static long AgainFrom(SourceState state, SourceStart? start) => start is not null && start.First == start.Number ? Math.Max(state.Number + 1, start.Number) : state.Number + 1;

    private async Task<ImmutableDictionary<OperatorId, InferencePool>> LoadPoolsAsync(CancellationToken cancellationToken)
    {
        var pools = ImmutableDictionary.CreateBuilder<OperatorId, InferencePool>();
        foreach (var op in _bindings.Workflow.Operators.OfType<InferOperator>())
        {
            var placement = Plan[op.Id];
            if (placement.Instances.FirstOrDefault(i => i.Worker == _node.Worker) is not { } instance)
            {
                continue;
            }

            // A variant that stays is never loaded twice: it is busy here until the switch, and there right after it.
            var going = _before?.Pools.GetValueOrDefault(op.Id) is { } pool && pool.Variant == placement.Variant ? Math.Min(pool.Passable, instance.Parallelism) : 0;
            var kernels = await KernelLoader.LoadAsync(op, placement.Variant!, instance.Parallelism - going, cancellationToken).ConfigureAwait(false);
            var options = new InferenceOptions { BatchSize = placement.BatchSize, Speed = _node.Speed };
            var meter = Meters.Stage(op.Id);
            meter.Watches(op.Watch);
            var made = new InferencePool(op.Id.Value, kernels, options, meter, awaited: going);
            _pools.Add(made);
            pools.Add(op.Id, made);
        }

        return pools.ToImmutable();
    }

    private async Task<(ImmutableDictionary<OperatorId, BoundSink> Sinks, ImmutableDictionary<OperatorId, Func<Task>> ToOpen)> OpenSinksAsync(CancellationToken cancellationToken)
    {
        var reach = new SourceReach(_bindings.Workflow, Plan);
        var sinks = ImmutableDictionary.CreateBuilder<OperatorId, BoundSink>();
        var toOpen = ImmutableDictionary.CreateBuilder<OperatorId, Func<Task>>();
        foreach (var output in _bindings.Workflow.Operators.OfType<OutputOperator>().Where(o => Plan[o.Id].Instances.Any(i => i.Worker == _node.Worker)))
        {
            if (_before?.Sinks.GetValueOrDefault(output.Id) is { } going)
            {
                _belongings.Want(going);
                sinks.Add(output.Id, going);
                continue;
            }

            var sink = _bindings.Sinks[output.Id]();
            _belongings.Own(sink);
            sinks.Add(output.Id, sink);
            if (_order.Former is not null)
            {
                CheckMove(output, sink);
                toOpen.Add(output.Id, () => sink.ResumeAsync(Plan.Epoch, Plan.Epoch, CancellationToken.None));
            }
            else
            {
                await (_order.Resume is null
                    ? sink.OpenAsync(Plan.Epoch, cancellationToken)
                    : sink.ResumeAsync(Plan.Epoch, await BackToAsync(reach.Of(output.Id, _node.Worker)).ConfigureAwait(false), cancellationToken)).ConfigureAwait(false);
            }
        }

        return (sinks.ToImmutable(), toOpen.ToImmutable());
    }

    // What it wrote since the last snapshot would have to stand before the next: after a crash in between, that would come twice.
    private void CheckMove(OutputOperator output, BoundSink sink)
    {
        if (_store is not null && sink.Delivery == Delivery.Transactional)
        {
            throw new ImmovableSinkException(output.Id, _node.Worker);
        }
    }

    /// <summary>The snapshot that a sink is to go back to; null for none: if one of its sources cannot be read again, results behind the snapshot will not all come again, so none is taken back.</summary>
    private async Task<long?> BackToAsync(IEnumerable<SourceId> sources)
    {
        if (_order.Resume is not > 0)
        {
            return null;
        }

        foreach (var source in sources)
        {
            if (!await _bindings.SourceOf(source, _order.Added).IsReplayableAsync().ConfigureAwait(false))
            {
                return null;
            }
        }

        return _order.Resume;
    }
}
