using System.Collections.Immutable;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Telemetry;

/// <summary>What failed on a worker. Counts are exact however long it runs; what is listed by number or cause is bounded, and the rest is counted as not listed.</summary>
/// <param name="Sources">Whose elements failed, by source.</param>
/// <param name="Causes">The kinds of causes met first, by operator.</param>
/// <param name="OfOtherCauses">Failures of kinds that were met later and are not listed.</param>
public sealed record FailureReport(ImmutableArray<FailedElements> Sources, ImmutableArray<FailureCause> Causes, long OfOtherCauses)
{
    /// <summary>Nothing failed.</summary>
    public static FailureReport None { get; } = new([], [], 0);
}

/// <summary>The elements of a source that failed on a worker, each once wherever it failed there.</summary>
/// <param name="Source">The source.</param>
/// <param name="Count">How many.</param>
/// <param name="Latest">Those with the highest numbers, as ranges in their order.</param>
public sealed record FailedElements(SourceId Source, long Count, ImmutableArray<NumberRange> Latest)
{
    /// <summary>How many are counted, but are not among <see cref="Latest"/>.</summary>
    public long Unlisted => Count - Latest.Sum(r => r.Count);
}

/// <summary>Numbers of one source's elements, without a gap.</summary>
/// <param name="First">The lowest.</param>
/// <param name="Last">The highest; at least <paramref name="First"/>.</param>
public readonly record struct NumberRange(long First, long Last)
{
    /// <summary>How many numbers.</summary>
    public long Count => Last - First + 1;
}

/// <summary>A kind of cause at an operator.</summary>
/// <param name="Operator">Where.</param>
/// <param name="Cause">As it was said the first time; cut if it is long.</param>
/// <param name="Count">How often elements failed for it.</param>
/// <param name="First">The first of them.</param>
/// <param name="Latest">The latest of them.</param>
public sealed record FailureCause(OperatorId Operator, string Cause, long Count, FailedElement First, FailedElement Latest);

/// <summary>An element of a source that failed.</summary>
/// <param name="Source">The source.</param>
/// <param name="Number">Its number.</param>
public readonly record struct FailedElement(SourceId Source, long Number);
