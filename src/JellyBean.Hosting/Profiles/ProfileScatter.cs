using System.Globalization;
using JellyBean.Planning.Profiles;

namespace JellyBean.Hosting.Profiles;

/// <summary>Whether measured times scatter so much that the machine must have been busy with something else.</summary>
internal static class ProfileScatter
{
    // On an idle machine the slowest tenth of a model's runs takes some per cent longer than half of them; shorter runs scatter by themselves.
    private const double Suspicious = 1.5;
    private const double ShortestMs = 1;

    // Of fewer runs the 90th percentile is the longest, and one is always long. Where times scatter, more are measured anyway.
    private const long FewestRuns = 10;

    /// <returns>The worst of them, as text; null where none is suspicious.</returns>
    public static string? Of(Profile profile)
    {
        var worst = profile.ServiceTimes
            .Where(t => t is { Variant: not null, Distribution: { } d } && d.Count >= FewestRuns && d.MedianMs >= ShortestMs && d.P90Ms > Suspicious * d.MedianMs)
            .MaxBy(t => t.Distribution!.P90Ms / t.Distribution.MedianMs);
        return worst?.Distribution is not { } scattered
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"variant '{worst.Variant}' of '{worst.Operator}' at batch {worst.BatchSize} took {scattered.MedianMs:0.#} ms at the median and {scattered.P90Ms:0.#} ms at the 90th percentile");
    }
}
