using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Profiles;
using JellyBean.Workflows;

namespace JellyBean.Planning.Replanning;

/// <summary>What is remembered of a running plan. A value: <see cref="ReplanPolicy"/> makes the next one.</summary>
public sealed record ReplanState
{
    // Differences of less than a plan's own step of time are none.
    private static readonly TimeSpan NoRoundTrip = TimeSpan.FromMilliseconds(1);

    /// <summary>What sources offer, and how that grows.</summary>
    public ImmutableSortedDictionary<SourceId, RateForecast> Rates { get; init; } = ImmutableSortedDictionary<SourceId, RateForecast>.Empty;

    /// <summary>How far service times have drifted from their profile: measured to profiled, an exponentially weighted mean, by operator and variant. The profile itself stays as it is.</summary>
    public ImmutableDictionary<(OperatorId Operator, string Variant), double> Drift { get; init; } = ImmutableDictionary<(OperatorId Operator, string Variant), double>.Empty;

    /// <summary>How long small messages take there and back between tiers, as measured last.</summary>
    public ImmutableDictionary<(Tier From, Tier To), TimeSpan> RoundTrips { get; init; } = ImmutableDictionary<(Tier From, Tier To), TimeSpan>.Empty;

    /// <summary>What can be carried between tiers, where that has been seen because the line was full; forgotten after <see cref="ReplanOptions.BandwidthFor"/>.</summary>
    public ImmutableDictionary<(Tier From, Tier To), MeasuredBandwidth> Bandwidths { get; init; } = ImmutableDictionary<(Tier From, Tier To), MeasuredBandwidth>.Empty;

    /// <summary>When it was measured last; null before.</summary>
    public TimeSpan? MeasuredAt { get; init; }

    /// <summary>When service times were measured last; null before.</summary>
    public TimeSpan? ServicesAt { get; init; }

    /// <summary>When it was planned again last; null before.</summary>
    public TimeSpan? PlannedAt { get; init; }

    /// <summary>When another plan came into force last; null before.</summary>
    public TimeSpan? ChangedAt { get; init; }

    /// <summary>The state after a measurement.</summary>
    public ReplanState Observe(ReplanMeasurement measured, TimeSpan now, ReplanOptions options)
    {
        ArgumentNullException.ThrowIfNull(measured);
        ArgumentNullException.ThrowIfNull(options);
        var weight = RateForecast.Weight(now - (ServicesAt ?? MeasuredAt ?? now), options.DriftHalfLife);
        return this with
        {
            MeasuredAt = now,
            ServicesAt = measured.Services.IsEmpty ? ServicesAt : now,
            Bandwidths = Carried(Bandwidths, measured.Traffic, now, options),
            RoundTrips = measured.Links.Aggregate(RoundTrips, (all, l) => all.SetItem((l.From, l.To), l.RoundTrip)),
            Rates = measured.Rates.Aggregate(Rates, (all, r) => all.SetItem(r.Source, all.TryGetValue(r.Source, out var before) ? before.Next(r.PerSecond, now, options) : RateForecast.Begin(r.PerSecond, now))),
            Drift = measured.Services.Where(s => s.Ratio > 0 && double.IsFinite(s.Ratio)).Aggregate(Drift, (all, s) =>
            {
                // The profile is what is known before the first measurement.
                var before = all.GetValueOrDefault((s.Operator, s.Variant), 1);
                return all.SetItem((s.Operator, s.Variant), before + (weight * (s.Ratio - before)));
            }),
        };
    }

    /// <summary>A profile with times as measured, where they are far enough from it.</summary>
    /// <param name="profile">The original; it stays as it is.</param>
    /// <param name="options">How far that is.</param>
    public Profile Recalibrated(Profile profile, ReplanOptions options)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(options);
        return profile with
        {
            ServiceTimes = [.. profile.ServiceTimes.Select(t => t.Variant is { } variant && Drift.TryGetValue((t.Operator, variant), out var drift) && Math.Abs(drift - 1) >= options.LeastDrift
                ? t with { ServiceMs = t.ServiceMs * drift }
                : t)],
        };
    }

    /// <summary>A catalogue with round trips as measured, where they are far enough from it, and bandwidths where less was seen to be all that can be carried; prices are the catalogue's.</summary>
    /// <param name="catalogue">What is configured; it stays as it is.</param>
    /// <param name="options">How far that is.</param>
    public InfrastructureCatalogue Measured(InfrastructureCatalogue catalogue, ReplanOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalogue);
        ArgumentNullException.ThrowIfNull(options);
        bool IsFar(TimeSpan measured, TimeSpan said) =>
            (measured - said).Duration() > NoRoundTrip && (measured > said * options.LeastRoundTripChange || said > measured * options.LeastRoundTripChange);
        return catalogue with
        {
            Links = [.. catalogue.Links.Select(l => Narrowed(RoundTrips.TryGetValue((l.From, l.To), out var measured) && IsFar(measured, l.RoundTrip) ? l with { RoundTrip = measured } : l))],
        };
    }

    private TierLink Narrowed(TierLink link) =>
        Bandwidths.TryGetValue((link.From, link.To), out var measured) && measured.BytesPerSecond < link.BytesPerSecond ? link with { BytesPerSecond = measured.BytesPerSecond } : link;

    /// <summary>What can be carried is only seen where it is: a plan that sends less, because of it, does not unlearn it at once.</summary>
    private static ImmutableDictionary<(Tier From, Tier To), MeasuredBandwidth> Carried(
        ImmutableDictionary<(Tier From, Tier To), MeasuredBandwidth> known, ImmutableArray<MeasuredTraffic> traffic, TimeSpan now, ReplanOptions options)
    {
        var fresh = known.RemoveRange(known.Where(b => now - b.Value.At > options.BandwidthFor).Select(b => b.Key));
        return traffic.Where(t => t.BytesPerSecond > 0 && (t.IsFull || (fresh.TryGetValue((t.From, t.To), out var before) && t.BytesPerSecond > before.BytesPerSecond)))
            .Aggregate(fresh, (all, t) => all.SetItem((t.From, t.To), new MeasuredBandwidth(t.BytesPerSecond, now)));
    }
}
