namespace JellyBean.Planning.Replanning;

/// <summary>What a source offers, and how that grows: Holt's linear trend (Forecasting seasonals and trends by exponentially weighted moving averages, 1957), for measurements at any times.</summary>
/// <param name="Level">Elements per second now.</param>
/// <param name="Trend">By how much that grows per second.</param>
/// <param name="At">When it was measured last.</param>
public sealed record RateForecast(double Level, double Trend, TimeSpan At)
{
    /// <summary>A forecast is at most this multiple of the level, and at least the level divided by it: growth does not go on for ever.</summary>
    public const double MostGrowth = 2;

    /// <summary>Growth by less than this part of the level is noise.</summary>
    public const double LeastGrowth = 0.1;

    /// <summary>After the first measurement.</summary>
    public static RateForecast Begin(double rate, TimeSpan now) => new(rate, 0, now);

    /// <summary>After another one; one that is not later changes nothing.</summary>
    public RateForecast Next(double rate, TimeSpan now, ReplanOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var seconds = (now - At).TotalSeconds;
        if (seconds <= 0)
        {
            return this;
        }

        var (weight, trendWeight) = (Weight(now - At, options.RateHalfLife), Weight(now - At, options.TrendHalfLife));
        var level = Math.Max(0, Level + (Trend * seconds) + (weight * (rate - Level - (Trend * seconds))));
        return new RateForecast(level, Trend + (trendWeight * (((level - Level) / seconds) - Trend)), now);
    }

    /// <summary>Elements per second after some more time.</summary>
    public double In(TimeSpan ahead)
    {
        var growth = Trend * ahead.TotalSeconds;
        return Math.Abs(growth) < LeastGrowth * Level ? Level : Math.Clamp(Level + growth, Level / MostGrowth, Level * MostGrowth);
    }

    internal static double Weight(TimeSpan elapsed, TimeSpan halfLife) => 1 - Math.Pow(2, -(elapsed / halfLife));
}
