using System.Diagnostics;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Models;

namespace JellyBean.Runtime.Calibration;

/// <summary>Measures the variants of one operator's model.</summary>
internal sealed class VariantRun
{
    private const int FewestRuns = 3;
    private const int MostRuns = 20;

    /// <summary>Batch sizes that are tried, up to the variant's limit. Larger ones gain little on a processor.</summary>
    private static readonly int[] BatchSizes = [1, 2, 4];

    private VariantRun(string variant) => Variant = variant;

    public string Variant { get; }

    public long MemoryBytes { get; private set; }

    public TimeSpan LoadTime { get; private set; }

    /// <summary>Milliseconds of a run, by batch size.</summary>
    public SortedDictionary<int, double> Milliseconds { get; } = [];

    /// <summary>The answer to each sample; null where it failed.</summary>
    public object?[] Answers { get; private set; } = [];

    /// <summary>Why the last sample that failed did; null if none did.</summary>
    public string? Failure { get; private set; }

    /// <summary>Loads a variant and measures it.</summary>
    /// <param name="op">The operator.</param>
    /// <param name="variant">One of its model's.</param>
    /// <param name="samples">What it is asked; may be empty.</param>
    /// <param name="budget">How long the measuring may take; a single element is always measured.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ModelLoadException">It cannot be loaded.</exception>
    public static async Task<VariantRun> MeasureAsync(
        InferOperator op, IVariant variant, IReadOnlyList<Sample> samples, TimeSpan budget, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        using var kernel = await op.LoadAsync(variant.Name, Device.OneCore, cancellationToken).ConfigureAwait(false);
        var run = new VariantRun(variant.Name) { LoadTime = Stopwatch.GetElapsedTime(start), MemoryBytes = kernel.MemoryBytes };
        if (samples.Count > 0)
        {
            await Timing.OnOwnThreadAsync(() => run.Measure(kernel, samples, budget, cancellationToken), cancellationToken).ConfigureAwait(false);
        }

        return run;
    }

    private bool Measure(InferenceKernel kernel, IReadOnlyList<Sample> samples, TimeSpan budget, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var good = AnswerEach(kernel, samples, cancellationToken);
        if (good.Length == 0)
        {
            return false;
        }

        var sizes = BatchSizes.Where(b => b <= kernel.MaxBatch).ToList();
        for (var i = 0; i < sizes.Count; i++)
        {
            var left = budget - Stopwatch.GetElapsedTime(start);
            var size = sizes[i];
            var isAffordable = size == 1 || left.TotalMilliseconds > Milliseconds[1] * size * (FewestRuns + 1);
            if (!isAffordable || !TryMeasure(kernel, good, size, left / (sizes.Count - i), cancellationToken))
            {
                break;
            }
        }

        return true;
    }

    /// <summary>Answers every sample once, which also warms up, and gives those that did not fail.</summary>
    private object[] AnswerEach(InferenceKernel kernel, IReadOnlyList<Sample> samples, CancellationToken cancellationToken)
    {
        Answers = new object?[samples.Count];
        var good = new List<object>();
        for (var i = 0; i < samples.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                kernel.Run([samples[i].Value], Answers.AsSpan(i, 1)!);
                good.Add(samples[i].Value);
            }
            catch (Exception cause) when (cause is not OutOfMemoryException)
            {
                Answers[i] = null;
                Failure = cause.Message;
            }
        }

        return [.. good];
    }

    private bool TryMeasure(InferenceKernel kernel, object[] good, int size, TimeSpan time, CancellationToken cancellationToken)
    {
        var batch = new object[size];
        var results = new object[size];
        var runs = new List<double>();
        var start = Stopwatch.GetTimestamp();
        try
        {
            for (var next = 0; runs.Count <= FewestRuns || (runs.Count <= MostRuns && Stopwatch.GetElapsedTime(start) < time);)
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (var i = 0; i < size; i++)
                {
                    batch[i] = good[next++ % good.Length];
                }

                runs.Add(Timing.Of(() => kernel.Run(batch, results)));
            }
        }
        catch (Exception cause) when (cause is not (OutOfMemoryException or OperationCanceledException))
        {
            // A variant may fail on one batch size: the plan then has no such batch to choose.
            Failure = cause.Message;
            return false;
        }

        // The first run of a size makes its buffers. A clock that cannot tell the time of a run from none gives its own resolution.
        Milliseconds[size] = Math.Max(Timing.Median(runs[1..]), 1000.0 / Stopwatch.Frequency);
        return true;
    }
}
