using System.Collections.Immutable;

namespace JellyBean.Workflows.Outputs;

/// <summary>Holds the results of one run against what is true, or against other results. Made by an <see cref="ITruth{T}"/>.</summary>
/// <remarks>Not thread-safe: results are added one after another, in any order, and measured once all are there.</remarks>
/// <typeparam name="T">What a result carries.</typeparam>
public interface IAccuracyMeter<in T>
    where T : notnull
{
    /// <summary>Refuses sources that what is true was not made for. Asked before a run where sources know how many elements they have, and after it of those that came to their end.</summary>
    /// <remarks>A truth of other elements measures something, too, only nothing that is worth knowing: this is where that is noticed.</remarks>
    /// <param name="whole">How many elements sources have, from their first to their end.</param>
    /// <exception cref="TruthException">It is the truth of other sources: it covers more elements than they have, or fewer, or says nothing of any. All misfits are in the message.</exception>
    void Check(IReadOnlyDictionary<SourceId, long> whole)
    {
    }

    /// <summary>Takes a result of the run. A result that comes again must be added once only.</summary>
    void Add(T result);

    /// <summary>Measures what was added. May be asked again, also after more was added.</summary>
    /// <param name="offered">
    /// How many elements each source offered in the run, from its first: what is true of later elements, or of sources that are not named, is
    /// not held against the results. Elements that were dropped or failed on the way are offered, so what they show counts as missed.
    /// </param>
    /// <returns>Each metric once, in a fixed order; without those that do not apply, such as those across sources for one source.</returns>
    /// <exception cref="TruthException">What is true does not fit the sources: they offered more elements than it covers, or other ones.</exception>
    ImmutableArray<MetricValue> Measure(IReadOnlyDictionary<SourceId, long> offered);
}

/// <summary>What a metric says of a run.</summary>
/// <param name="Metric">Its name as accuracy floors and profiles use it, as in <c>ap50</c>, <c>mota</c>, <c>idf1</c>.</param>
/// <param name="Value">
/// Finite. Most metrics are fractions of which 1 is perfect, and higher is better; those of which less is better, such as <c>id-switches</c>, are named in <see cref="ITruth{T}.LessIsBetter" />. Below 0 is worse than no
/// results at all: where that is so of all that is measured, the truth is taken for one of other elements.
/// </param>
public sealed record MetricValue(string Metric, double Value);
