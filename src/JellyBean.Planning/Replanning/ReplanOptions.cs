namespace JellyBean.Planning.Replanning;

/// <summary>When another plan is worth it.</summary>
public sealed record ReplanOptions
{
    /// <summary>How often it is planned again where nothing presses.</summary>
    /// <value>Above zero; 30 seconds unless set.</value>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a plan stays at least, unless it does not hold.</summary>
    /// <value>Zero or more; 1 minute unless set.</value>
    public TimeSpan CoolDown { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What another plan must save at least, moves counted, as a part of what the one in force costs.</summary>
    /// <value>0 or more; 0.04 unless set. Larger moves less and saves less.</value>
    public double LeastGain { get; init; } = 0.04;

    /// <summary>How far ahead rates are told from how they grow.</summary>
    /// <value>Zero or more; 1 minute unless set: about as long as a new machine takes to be of use.</value>
    public TimeSpan Ahead { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Half-life of what was measured of rates.</summary>
    /// <value>Above zero; 10 seconds unless set.</value>
    public TimeSpan RateHalfLife { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Half-life of what was measured of how rates grow.</summary>
    /// <value>Above zero; 1 minute unless set.</value>
    public TimeSpan TrendHalfLife { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Half-life of what was measured of service times.</summary>
    /// <value>Above zero; 1 minute unless set.</value>
    public TimeSpan DriftHalfLife { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Service times are only planned with as measured once they are so far from the profile, as a part of it.</summary>
    /// <value>0 or more; 0.1 unless set: measurements of one machine differ by as much.</value>
    public double LeastDrift { get; init; } = 0.1;
}
