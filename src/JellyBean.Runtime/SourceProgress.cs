using System.Collections.Immutable;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime;

/// <summary>What became of a source's elements.</summary>
/// <param name="Source">The source.</param>
/// <param name="Offered">Elements it offered: each has a number.</param>
/// <param name="Processed">Of them, settled at every output they can reach, neither dropped nor failed.</param>
/// <param name="Dropped">Of them, dropped by the source's overload policy.</param>
/// <param name="Failed">Of them, failed at some operator, each counted once.</param>
/// <param name="Ended">Whether the source has ended.</param>
/// <param name="Fault">Why it ended before its time; null if it did not.</param>
/// <remarks>Once the run is complete, <paramref name="Offered"/> = <paramref name="Processed"/> + <paramref name="Dropped"/> + <paramref name="Failed"/>. Until then the difference is under way.</remarks>
public sealed record SourceProgress(SourceId Source, long Offered, long Processed, long Dropped, long Failed, bool Ended, string? Fault)
{
    internal static ImmutableArray<SourceProgress> Of(ImmutableArray<FragmentReport> fragments)
    {
        var settled = fragments
            .SelectMany(f => f.Outputs)
            .SelectMany(o => o.Settled)
            .GroupBy(s => s.Source)
            .ToDictionary(g => g.Key, g => g.Min(s => s.Number) + 1);
        var failed = fragments.SelectMany(f => f.Failures).Distinct().ToLookup(f => f.Source, f => f.Number);

        return
        [
            .. fragments
                .SelectMany(f => f.Sources)
                .OrderBy(s => s.Source)
                .Select(s => Of(s, settled.GetValueOrDefault(s.Source), [.. failed[s.Source]])),
        ];
    }

    private static SourceProgress Of(SourceReport source, long settled, ImmutableArray<long> failed)
    {
        // While elements are under way, drops and failures run ahead of the frontier: only at the end is the difference exact.
        var processed = Math.Max(0, settled - source.Dropped - failed.Count(n => n < settled));
        return new SourceProgress(source.Source, source.Offered, processed, source.Dropped, failed.Length, source.Ended, source.Fault);
    }
}
