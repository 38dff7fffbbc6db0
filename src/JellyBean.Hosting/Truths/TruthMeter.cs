using System.Collections.Immutable;
using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Hosting.Truths;

/// <summary>Holds results of whatever type against what is true. Not thread-safe.</summary>
internal abstract class TruthMeter
{
    /// <inheritdoc cref="IAccuracyMeter{T}.Check" />
    public abstract void Check(IReadOnlyDictionary<SourceId, long> whole);

    public abstract void Add(object result);

    /// <inheritdoc cref="IAccuracyMeter{T}.Measure" />
    public abstract ImmutableArray<MetricValue> Measure(IReadOnlyDictionary<SourceId, long> offered);
}
