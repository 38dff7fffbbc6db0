using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Runtime.Calibration;

/// <summary>Reads the elements that a calibration measures: spread over as much of each source as can be read in the time, of one that cannot be read again over its beginning.</summary>
internal static class SampleReader
{
    // Opening a source and compiling its code falls on the first elements.
    private const int Cold = 2;

    // The cost of reading is that of so many, one by one as a camera gives them: read at once, they find warm caches and a core that is awake.
    private const int Paced = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    // How far ahead of what is needed at the least a source is read: the same elements are found whatever the machine's speed, where the time allows.
    private const int Farthest = 16;

    // How often is told how far it is.
    private const int Steps = 10;

    /// <param name="bindings">The sources.</param>
    /// <param name="options">How much of them is looked at.</param>
    /// <param name="progress">Told how far the reading of live sources is, which takes as long as they take to give so many; null if nobody listens.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<SampleSet> ReadAsync(WorkflowBindings bindings, CalibrationOptions options, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var samples = ImmutableArray.CreateBuilder<Sample>();
        var costs = new List<(OperatorId Input, double Ms)>();
        var shape = ShapeOf(bindings, options);
        var joins = bindings.Workflow.Operators.Any(o => o is JoinOperator);
        ImmutableArray<long>? times = null;
        foreach (var (id, binding) in bindings.Sources.OrderBy(s => s.Key))
        {
            await using var source = binding.Open();
            var like = times is { } first && source.IsReplayable ? new AlignedSamples(first, shape) : null;
            var (taken, ms) = await ReadAsync(source, shape, like, options.Reading / bindings.Sources.Count, options.Silence, progress, cancellationToken).ConfigureAwait(false);
            if (joins && source.IsReplayable)
            {
                times ??= [.. taken.Where(s => !s.IsLeadIn).GroupBy(s => s.Passage).Select(p => p.Min(s => s.EventTicks))];
            }

            if (taken.Count == 0 && source.Health is { } health)
            {
                throw new SourceException($"Source '{id}' is live and has given nothing for {options.Silence.TotalSeconds:0.#} s{(health.Trouble is { } trouble ? $": {trouble}" : "")}. Look after it, or give a profile.");
            }

            if (taken.Count == 0)
            {
                throw new SourceException($"Source '{id}' gave nothing that could be read among its first elements, so there is nothing to calibrate with. Check that it can be played, or give a profile.");
            }

            samples.AddRange(taken);
            costs.Add((binding.Input.Id, ms));
        }

        return new SampleSet(
            samples.DrainToImmutable(),
            costs.GroupBy(c => c.Input).ToImmutableSortedDictionary(g => g.Key, g => g.Average(c => c.Ms)));
    }

    /// <summary>Single elements, spread as far as they can be; where something remembers elements, passages of them, as it sees them.</summary>
    private static SampleShape ShapeOf(WorkflowBindings bindings, CalibrationOptions options)
    {
        var remembers = bindings.Workflow.Operators.Any(o => o is ProcessOperator or JoinOperator or WindowOperator);
        var (leadIn, measured) = remembers ? (options.LeadIn, options.Together) : (0, 1);
        var perSource = Math.Max(2, (options.Elements + bindings.Sources.Count - 1) / Math.Max(1, bindings.Sources.Count));
        return new SampleShape(Math.Max(1, perSource / measured), leadIn, measured, options.Stride);
    }

    /// <param name="source">What is read.</param>
    /// <param name="shape">What of it is measured.</param>
    /// <param name="like">Keeps what happened when other sources' elements did; null for the first, and where nothing is joined.</param>
    /// <param name="time">How long, more or less; where it is to be like another one, twice that.</param>
    /// <param name="silence">How long a live source may give nothing.</param>
    /// <param name="progress">Told how far it is, where it is live.</param>
    /// <param name="cancellationToken">Gives up.</param>
    private static async Task<(List<Sample> Taken, double MsPerElement)> ReadAsync(
        BoundSource source, SampleShape shape, AlignedSamples? like, TimeSpan time, TimeSpan silence, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var spread = new SpreadSamples(shape);
        var least = shape.Passages * shape.Stride;
        var (read, timed) = (0, 0);
        var (before, told, cost) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
        var began = Stopwatch.GetTimestamp();
        await foreach (var offer in UntilSilentAsync(source, silence, cancellationToken).ConfigureAwait(false))
        {
            var sample = offer.Value is { } value ? new Sample(value, source.Id, offer.EventTime.UtcTicks) : null;
            spread.Offer(() => sample);
            if (sample is not null)
            {
                like?.Offer(sample);
            }

            read++;
            if (!source.IsReplayable && read % Math.Max(1, least / Steps) == 0)
            {
                progress?.Report(string.Create(CultureInfo.InvariantCulture, $"read {read} of {least} elements of {source.Id}, which is live"));
            }

            if (read == Cold)
            {
                (before, told) = (Environment.CpuUsage.TotalTime, source.Work.Busy);
            }
            else if (read is > Cold and <= Paced)
            {
                // What the source tells is what a run is held against later, and has the work of its decoders. Of one that tells nothing this process's processor time, not the clock:
                // waiting keeps no core busy.
                var busy = source.Work.Busy - told;
                (timed, cost) = (read - Cold, busy > TimeSpan.Zero ? busy : Environment.CpuUsage.TotalTime - before);
                if (source.IsReplayable && source.Work.Busy > TimeSpan.Zero)
                {
                    await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
                }
            }

            // A camera gives its pictures at its own pace: there one does not wait for more than are needed.
            var isFound = spread.IsFull || read >= 4 * least;
            var isLate = Stopwatch.GetElapsedTime(began) >= (like is null ? time : 2 * time);
            if (isFound && (!source.IsReplayable || isLate || (like is null ? read >= Farthest * least : like.IsDone && read > Paced)))
            {
                break;
            }
        }

        return (like is { HasMost: true } ? like.Take() : spread.Take(), timed > 0 ? cost.TotalMilliseconds / timed : 0);
    }

    // A file comes to its end; a camera that is gone would be waited for without one.
    private static async IAsyncEnumerable<Offer> UntilSilentAsync(BoundSource source, TimeSpan silence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var offers = source.ReadAsync(0, patience.Token).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            patience.CancelAfter(source.IsReplayable ? Timeout.InfiniteTimeSpan : silence);
            try
            {
                if (!await offers.MoveNextAsync().ConfigureAwait(false))
                {
                    break;
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                break;
            }

            // What is done with it may take its time.
            patience.CancelAfter(Timeout.InfiniteTimeSpan);
            yield return offers.Current;
        }
    }
}

/// <summary>What was read.</summary>
/// <param name="Samples">The elements, by source, in order, with those that lead up to them.</param>
/// <param name="ReadMs">Time that a core is kept for reading an element, by input: what its sources tell, else this process's processor time.</param>
internal sealed record SampleSet(ImmutableArray<Sample> Samples, ImmutableSortedDictionary<OperatorId, double> ReadMs);
