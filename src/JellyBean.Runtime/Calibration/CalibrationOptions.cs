namespace JellyBean.Runtime.Calibration;

/// <summary>How much a quick calibration looks at.</summary>
public sealed record CalibrationOptions
{
    /// <summary>Elements that are measured, over all sources.</summary>
    /// <value>1 or more; 16 unless set. More gives steadier fan-outs and sizes, and takes longer.</value>
    public int Elements { get; init; } = 16;

    /// <summary>Of so many elements of a source one is measured, so that what is measured is spread over time.</summary>
    /// <value>1 or more; 4 unless set.</value>
    public int Stride { get; init; } = 4;

    /// <summary>How long the models together may be measured.</summary>
    /// <value>12 seconds unless set. Larger batches are left out of the profile, and so of plans, once the time is over; single elements never.</value>
    public TimeSpan Budget { get; init; } = TimeSpan.FromSeconds(12);
}
