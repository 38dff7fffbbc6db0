using System.Collections.Immutable;
using System.Diagnostics;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Compilation;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Inference;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Runtime.Fragments;

/// <summary>Changes what a fragment's operators and sources do while elements flow. One change at a time.</summary>
internal sealed class FragmentAdjuster : IAsyncDisposable
{
    private static readonly TimeSpan MostLinger = TimeSpan.FromSeconds(1);

    private readonly FragmentParts _parts;
    private readonly ImmutableDictionary<OperatorId, VariantShelf> _shelves;

    /// <param name="workflow">What is run.</param>
    /// <param name="plan">Who runs what.</param>
    /// <param name="worker">Whose part it is.</param>
    /// <param name="parts">The fragment's.</param>
    /// <param name="readyBytes">Most memory for variants that are loaded and not in use, for all operators together.</param>
    public FragmentAdjuster(Workflow workflow, Plan plan, WorkerId worker, FragmentParts parts, long readyBytes)
    {
        _parts = parts;
        _shelves = parts.Pools.Keys.ToImmutableDictionary(op => op, op => Shelf((InferOperator)workflow[op], plan[op].Instances.First(i => i.Worker == worker).Parallelism));

        VariantShelf Shelf(InferOperator op, int instances) => new(
            instances, readyBytes / parts.Pools.Count, (variant, token) =>
                QuietThread.RunAsync(() => KernelLoader.LoadAsync(op, variant, instances, token), op.Variants.Any(v => v.Name == variant && v.LoadsOnOwnThreads), token));
    }

    /// <summary>Puts a change in force, as far as it concerns this fragment.</summary>
    /// <returns>What came of each of its operators. A variant that cannot be loaded leaves the one before it, and says why.</returns>
    public async Task<ImmutableArray<AdjustOutcome>> AdjustAsync(Adjustment adjustment, CancellationToken cancellationToken)
    {
        foreach (var (source, reader) in _parts.Readers)
        {
            reader.Limit(adjustment.Limits.Where(l => l.Source == source).Select(l => (double?)l.PerSecond).FirstOrDefault());
        }

        var here = adjustment.Operators.Where(o => _parts.Pools.ContainsKey(o.Operator));
        return [.. await Task.WhenAll(here.Select(setting => AdjustAsync(setting, cancellationToken))).ConfigureAwait(false)];
    }

    /// <summary>Puts another variant in place of the one that an operator runs, between two batches: nothing stops, nothing is lost.</summary>
    /// <exception cref="Workflows.Models.ModelLoadException">It cannot be loaded; the old one goes on.</exception>
    public Task SwapAsync(OperatorId op, string variant, CancellationToken cancellationToken) => SwapAsync(op, variant, [], cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var shelf in _shelves.Values)
        {
            await shelf.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>What is loaded and not in use is told by the meters.</summary>
    public void Meter()
    {
        foreach (var (op, shelf) in _shelves)
        {
            _parts.Meters.Stage(op).Ready = shelf.Ready;
        }
    }

    private async Task SwapAsync(OperatorId op, string variant, ImmutableArray<string> ready, CancellationToken cancellationToken)
    {
        var shelf = _shelves[op];
        var kernels = await shelf.TakeAsync(variant, cancellationToken).ConfigureAwait(false);

        // Before the old one comes back: it may be wanted again soon.
        shelf.Want(ready);
        await _parts.Pools[op].SwapAsync(kernels, shelf.Return).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<AdjustOutcome> AdjustAsync(OperatorSetting setting, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var (pool, shelf) = (_parts.Pools[setting.Operator], _shelves[setting.Operator]);
        (string? Problem, TimeSpan Took) result = (null, TimeSpan.Zero);
        if (pool.Meter.Variant != setting.Variant)
        {
            try
            {
                await SwapAsync(setting.Operator, setting.Variant, setting.Ready, cancellationToken).ConfigureAwait(false);
                result = (null, Stopwatch.GetElapsedTime(began));
            }
            catch (Exception cause) when (cause is not OperationCanceledException)
            {
                result = (ControlProtocol.Reason(cause), Stopwatch.GetElapsedTime(began));
            }
        }

        // Batches belong to a variant: where that is not the one that was wanted, they stay as well.
        if (result.Problem is null)
        {
            (pool.Pacing.BatchSize, pool.Pacing.Linger) = (setting.BatchSize, TimeSpan.FromTicks(Math.Clamp(setting.Linger.Ticks, 0, MostLinger.Ticks)));
        }

        shelf.Want(setting.Ready);
        shelf.Fill();
        return new AdjustOutcome(setting.Operator, pool.Meter.Variant!, result.Problem, result.Took);
    }
}
