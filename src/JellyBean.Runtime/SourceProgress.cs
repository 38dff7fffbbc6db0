using System.Collections.Immutable;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime;

/// <summary>What became of a source's elements.</summary>
/// <param name="Source">The source.</param>
/// <param name="Offered">Elements it offered: each has a number.</param>
/// <param name="Processed">Of them, settled at every output they can reach, neither dropped nor failed.</param>
/// <param name="Dropped">Of them, dropped by the source's overload policy.</param>
/// <param name="Failed">Of them, failed at some operator, each counted once. One that fails on several workers counts once as long as their reports list it.</param>
/// <param name="Ended">Whether the source has ended.</param>
/// <param name="Fault">Why it ended before its time; null if it did not.</param>
/// <param name="DamageReports">How often it met damage: where it could conceal it the element counts as processed, else as failed.</param>
/// <remarks>
/// Once the run is complete, <paramref name="Offered"/> = <paramref name="Processed"/> + <paramref name="Dropped"/> + <paramref name="Failed"/> + <see cref="Lost"/>. Until then the
/// difference is under way.
/// </remarks>
public sealed record SourceProgress(SourceId Source, long Offered, long Processed, long Dropped, long Failed, bool Ended, SourceFault? Fault, long DamageReports)
{
    /// <summary>Why elements were dropped, how fast they come, and how the source is doing.</summary>
    public SourceReport? Detail { get; init; }

    /// <summary>Of those that a live source offered, lost: not settled, neither dropped nor failed, when the plan that was in force ended, by a crash or because the next one could not take its place while elements flowed.</summary>
    public long Lost { get; init; }

    /// <summary>Of a live source, from when an element was taken to its result, milliseconds, at the output where that takes longest; without those results that come of several elements.</summary>
    public Distribution TakenMs { get; init; } = Distribution.Empty;

    /// <param name="fragments">What the nodes report of the plan in force.</param>
    /// <param name="past">What became of elements of live sources under plans that crashes had ended.</param>
    internal static ImmutableArray<SourceProgress> Of(ImmutableArray<FragmentReport> fragments, ImmutableArray<SourceProgress> past)
    {
        var now = Of(fragments);
        return past.IsEmpty
            ? now
            : [.. now.Concat(past).GroupBy(s => s.Source).Select(g => g.Aggregate((sum, other) => sum.Plus(other))).OrderBy(s => s.Source)];
    }

    internal SourceProgress Plus(SourceProgress earlier) => this with
    {
        Offered = Offered + earlier.Offered,
        Processed = Processed + earlier.Processed,
        Dropped = Dropped + earlier.Dropped,
        Failed = Failed + earlier.Failed,
        Lost = Lost + earlier.Lost,
        DamageReports = DamageReports + earlier.DamageReports,
    };

    internal static ImmutableArray<SourceProgress> Of(ImmutableArray<FragmentReport> fragments)
    {
        var settled = fragments
            .SelectMany(f => f.Outputs)
            .SelectMany(o => o.Settled)
            .GroupBy(s => s.Source)
            .ToDictionary(g => g.Key, g => g.Min(s => s.Number) + 1);
        var taken = fragments.SelectMany(f => f.Outputs).SelectMany(o => o.Settled).ToLookup(s => s.Source, s => s.TakenMs);
        var failed = fragments.SelectMany(f => f.Failures.Sources).ToLookup(f => f.Source);

        // One that is read again is told of by whoever reads it, not by whoever did before it was removed.
        return
        [
            .. fragments
                .SelectMany(f => f.Sources)
                .GroupBy(s => s.Source)
                .Select(g => g.First(s => !s.IsRemoved || g.All(o => o.IsRemoved)))
                .OrderBy(s => s.Source)
                .Select(s => Of(s, s.IsRemoved ? s.First + s.Offered : settled.GetValueOrDefault(s.Source), [.. failed[s.Source]]) with { TakenMs = taken[s.Source].MaxBy(d => d.P99) ?? Distribution.Empty }),
        ];
    }

    private static SourceProgress Of(SourceReport source, long settled, ImmutableArray<FailedElements> failures)
    {
        // Those not listed any more are the oldest: they are settled, and where elements do not branch to several workers no two of those share one.
        var listed = Union(failures.SelectMany(f => f.Latest));
        var unlisted = failures.Sum(f => f.Unlisted);
        var failed = Math.Min(unlisted + listed.Sum(r => r.Count), source.Offered - source.Dropped);
        var failedSettled = unlisted + listed.Sum(r => Math.Clamp(settled - r.First, 0, r.Count));

        // While elements are under way, drops and failures run ahead of the frontier: only at the end is the difference exact. And outputs report for themselves, and know what a source
        // has given elsewhere before it begins here.
        var processed = Math.Clamp(settled - source.First - source.Dropped - failedSettled, 0, source.Offered - source.Dropped - failed);
        return new SourceProgress(source.Source, source.Offered, processed, source.Dropped, failed, source.Ended, source.Fault, source.DamageReports) { Detail = source };
    }

    // An element may have failed on several workers.
    private static List<NumberRange> Union(IEnumerable<NumberRange> ranges)
    {
        var union = new List<NumberRange>();
        foreach (var range in ranges.OrderBy(r => r.First))
        {
            if (union is [.., var last] && range.First <= last.Last)
            {
                union[^1] = last with { Last = Math.Max(last.Last, range.Last) };
            }
            else
            {
                union.Add(range);
            }
        }

        return union;
    }
}
