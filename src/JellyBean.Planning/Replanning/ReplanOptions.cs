using System.Globalization;

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

    /// <summary>What starting an operator on another machine counts, beside what plans cost, as a part of what the plan in force costs.</summary>
    /// <value>0 or more; 0.005 unless set. Larger moves fewer operators for the same saving.</value>
    public double MoveShare { get; init; } = 0.005;

    /// <summary>Round trips are only planned with as measured once they are so many times what the catalogue says, or it is so many times them.</summary>
    /// <value>1 or more; 2 unless set: lines are never as steady as a catalogue.</value>
    public double LeastRoundTripChange { get; init; } = 2;

    /// <summary>For how long a bandwidth counts that was seen because a line was full, and is less than the catalogue's.</summary>
    /// <value>1 second to 1 day; 10 minutes unless set. Past it, the catalogue's counts again: shorter tries a line again sooner, after it was left for others.</value>
    public TimeSpan BandwidthFor { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Another plan is asked for once an element still waits that has used up so much of what its results may take, as a part of the p99 that is asked for.</summary>
    /// <value>0.1 to 10; 0.8 unless set. Smaller asks earlier, and more often for nothing.</value>
    public double MostAge { get; init; } = 0.8;

    /// <summary>Everything that is wrong, with what is allowed; empty if nothing is.</summary>
    /// <returns>The option, what it is, and what it may be.</returns>
    public IEnumerable<(string Option, object Found, string Allowed)> Problems()
    {
        (string Name, TimeSpan Value, TimeSpan Least, TimeSpan Most)[] times =
        [
            (nameof(Every), Every, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            (nameof(CoolDown), CoolDown, TimeSpan.Zero, TimeSpan.FromDays(1)),
            (nameof(Ahead), Ahead, TimeSpan.Zero, TimeSpan.FromHours(1)),
            (nameof(RateHalfLife), RateHalfLife, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            (nameof(TrendHalfLife), TrendHalfLife, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            (nameof(DriftHalfLife), DriftHalfLife, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            (nameof(BandwidthFor), BandwidthFor, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
        ];
        (string Name, double Value, double Least, double Most)[] numbers =
        [
            (nameof(LeastGain), LeastGain, 0, 1),
            (nameof(LeastDrift), LeastDrift, 0, 10),
            (nameof(MoveShare), MoveShare, 0, 1),
            (nameof(LeastRoundTripChange), LeastRoundTripChange, 1, 1000),
            (nameof(MostAge), MostAge, 0.1, 10),
        ];
        return times.Where(r => r.Value < r.Least || r.Value > r.Most).Select(r => (r.Name, (object)r.Value, $"{r.Least} to {r.Most}"))
            .Concat(numbers.Where(r => !(r.Value >= r.Least && r.Value <= r.Most)).Select(r => (r.Name, (object)r.Value, string.Create(CultureInfo.InvariantCulture, $"{r.Least} to {r.Most}"))));
    }
}
