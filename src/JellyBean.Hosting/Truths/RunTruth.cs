using System.Collections.Immutable;
using JellyBean.Runtime;
using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Hosting.Truths;

/// <summary>The truths that a run is held against. Sinks add to it from any thread.</summary>
internal sealed class RunTruth
{
    private readonly ImmutableArray<(TruthFile File, TruthMeter Meter)> _meters;
    private readonly Lock _lock = new();

    /// <exception cref="TruthException">A file cannot be used.</exception>
    public RunTruth(ImmutableArray<TruthFile> files) => _meters = [.. files.Select(f => (f, f.Registration.Truth.Open(f.Path)))];

    /// <summary>Whether an output's results are wanted.</summary>
    public bool Wants(OperatorId output) => _meters.Any(m => m.File.Registration.Outputs.Contains(output));

    /// <summary>Whether anything is wanted.</summary>
    public bool IsEmpty => _meters.IsEmpty;

    /// <summary>Refuses sources that a truth was not made for.</summary>
    /// <param name="whole">How many elements sources have, from their first to their end.</param>
    /// <exception cref="TruthException">One does not fit.</exception>
    public void Check(IReadOnlyDictionary<SourceId, long> whole)
    {
        foreach (var (_, meter) in _meters)
        {
            meter.Check(whole);
        }
    }

    /// <summary>Takes a result, once.</summary>
    public void Add(OperatorId output, object result)
    {
        lock (_lock)
        {
            foreach (var (file, meter) in _meters)
            {
                if (file.Registration.Outputs.Contains(output))
                {
                    meter.Add(result);
                }
            }
        }
    }

    /// <summary>Each metric's value; with the output before its name where several truths have the same.</summary>
    /// <param name="report">The run.</param>
    /// <param name="wasStopped">Whether its sources were stopped before their end.</param>
    /// <exception cref="TruthException">A truth does not fit the sources.</exception>
    public ImmutableSortedDictionary<string, double> Measure(RunReport report, bool wasStopped)
    {
        if (!wasStopped)
        {
            Check(report.Sources.Where(s => s.Ended && s.Fault is null).ToDictionary(s => s.Source, s => s.Offered));
        }

        var offered = report.Sources.ToDictionary(s => s.Source, s => s.Offered);
        lock (_lock)
        {
            var all = _meters.SelectMany(m => m.Meter.Measure(offered).Select(v => (m.File.Registration.Outputs[0], Value: v))).ToList();
            return all.ToImmutableSortedDictionary(
                v => all.Count(o => o.Value.Metric == v.Value.Metric) == 1 ? v.Value.Metric : $"{v.Item1}.{v.Value.Metric}",
                v => v.Value.Value,
                StringComparer.Ordinal);
        }
    }
}
