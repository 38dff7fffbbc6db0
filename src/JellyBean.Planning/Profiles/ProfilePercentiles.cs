using System.Collections.Immutable;
using System.Globalization;

namespace JellyBean.Planning.Profiles;

/// <summary>Planning with a percentile of measured times in place of the times that a profile plans with otherwise.</summary>
public static class ProfilePercentiles
{
    /// <summary>The times of models whose percentile is not known, each with those that are. Empty where all are known.</summary>
    public static ImmutableArray<string> MissingPercentiles(this Profile profile, int percent) =>
    [
        .. profile.ServiceTimes.Where(t => t.Variant is not null && !t.Percentiles.ContainsKey(percent)).Select(t => string.Create(
            CultureInfo.InvariantCulture,
            $"The profile has no percentile {percent} for '{t.Operator}' (variant {t.Variant}, batch {t.BatchSize}, {t.WorkerType?.Value ?? "this machine"}); it has {(t.Percentiles.IsEmpty ? "none" : string.Join(", ", t.Percentiles.Keys))}. Ask for one that it has, or for none.")),
    ];

    /// <summary>The profile with a percentile as every time that has one.</summary>
    /// <param name="profile">A profile.</param>
    /// <param name="percent">Such as 75, for the time that three quarters of the runs took at most.</param>
    public static Profile AtPercentile(this Profile profile, int percent) => profile with
    {
        ServiceTimes = [.. profile.ServiceTimes.Select(t => t.Percentiles.TryGetValue(percent, out var ms) ? t with { ServiceMs = ms } : t)],
    };
}
