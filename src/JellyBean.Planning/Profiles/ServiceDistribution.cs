namespace JellyBean.Planning.Profiles;

/// <summary>How service times were distributed. A mean tells what a machine can do; these tell how long elements wait.</summary>
public sealed record ServiceDistribution
{
    /// <summary>Runs that were measured.</summary>
    public required long Count { get; init; }

    /// <summary>Half of the runs took at most this many milliseconds.</summary>
    public required double MedianMs { get; init; }

    /// <summary>90 % of the runs took at most this many milliseconds.</summary>
    public required double P90Ms { get; init; }

    /// <summary>99 % of the runs took at most this many milliseconds; the longest one where fewer than 100 were measured.</summary>
    public required double P99Ms { get; init; }

    /// <summary>The mean squared distance from the mean, in square milliseconds.</summary>
    public required double Variance { get; init; }
}
