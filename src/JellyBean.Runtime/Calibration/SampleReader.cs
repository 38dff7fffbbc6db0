using System.Collections.Immutable;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Runtime.Calibration;

/// <summary>Reads the elements that a calibration measures, spread over the beginning of each source.</summary>
internal static class SampleReader
{
    // Opening a source and compiling its code falls on the first elements.
    private const int Cold = 2;

    public static async Task<SampleSet> ReadAsync(WorkflowBindings bindings, CalibrationOptions options, CancellationToken cancellationToken)
    {
        var samples = ImmutableArray.CreateBuilder<Sample>();
        var costs = new List<(OperatorId Input, double Ms)>();
        var perSource = Math.Max(2, (options.Elements + bindings.Sources.Count - 1) / Math.Max(1, bindings.Sources.Count));
        foreach (var (id, binding) in bindings.Sources.OrderBy(s => s.Key))
        {
            await using var source = binding.Open();
            var (taken, ms) = await ReadAsync(source, perSource, options.Stride, cancellationToken).ConfigureAwait(false);
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

    private static async Task<(List<Sample> Taken, double MsPerElement)> ReadAsync(BoundSource source, int most, int stride, CancellationToken cancellationToken)
    {
        var taken = new List<Sample>();
        var (read, before, told) = (0, TimeSpan.Zero, TimeSpan.Zero);
        await foreach (var offer in source.ReadAsync(0, cancellationToken).ConfigureAwait(false))
        {
            if (read % stride == 0 && offer.Value is { } value)
            {
                taken.Add(new Sample(value, source.Id, offer.EventTime.UtcTicks));
            }

            read++;
            if (read == Cold)
            {
                (before, told) = (Environment.CpuUsage.TotalTime, source.Work.Busy);
            }

            if (taken.Count == most || read >= 4 * most * stride)
            {
                break;
            }
        }

        if (read <= Cold)
        {
            return (taken, 0);
        }

        // What the source tells is what a run is held against later, and has the work of its decoders. Of one that tells nothing this process's processor time, not the clock: a camera gives
        // its frames at its own pace, and waiting keeps no core busy.
        var busy = source.Work.Busy - told;
        return (taken, (busy > TimeSpan.Zero ? busy : Environment.CpuUsage.TotalTime - before).TotalMilliseconds / (read - Cold));
    }
}

/// <summary>What was read.</summary>
/// <param name="Samples">The elements, by source, in order.</param>
/// <param name="ReadMs">Time that a core is kept for reading an element, by input: what its sources tell, else this process's processor time.</param>
internal sealed record SampleSet(ImmutableArray<Sample> Samples, ImmutableSortedDictionary<OperatorId, double> ReadMs);
