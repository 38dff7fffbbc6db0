namespace JellyBean.Vision.Tracking;

/// <summary>How the tracker weighs what it sees. Tuned on people at 10 frames per second.</summary>
public sealed record TrackerOptions
{
    /// <summary>Everything at its default.</summary>
    public static TrackerOptions Default { get; } = new();

    /// <summary>Least score of a box that is matched first.</summary>
    /// <value>0–1; 0.4 unless set.</value>
    public float SureScore { get; init; } = 0.4f;

    /// <summary>Least score of a box that may continue a track which found no sure one.</summary>
    /// <value>0–1; 0.1 unless set.</value>
    public float UnsureScore { get; init; } = 0.1f;

    /// <summary>Least score of a box that begins a track.</summary>
    /// <value>0–1; 0.6 unless set.</value>
    public float NewScore { get; init; } = 0.6f;

    /// <summary>How long unsure boxes alone may continue a track: who is hidden comes out again, what never was anybody stays unsure.</summary>
    /// <value>2 seconds unless set.</value>
    public TimeSpan UnsureFor { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Least overlap of a track's expected box with a sure one.</summary>
    /// <value>0–1; 0.25 unless set.</value>
    public float SureIoU { get; init; } = 0.25f;

    /// <summary>Least overlap of a track's expected box with an unsure one.</summary>
    /// <value>0–1; 0.4 unless set.</value>
    public float UnsureIoU { get; init; } = 0.4f;

    /// <summary>How much likeness counts beside overlap where sightings carry looks.</summary>
    /// <value>0, not at all, to 1; 0.6 unless set.</value>
    public float LookWeight { get; init; } = 0.6f;

    /// <summary>Least likeness by which a lost track is found again away from where it was expected.</summary>
    /// <value>0–1; 0.8 unless set.</value>
    public float FoundAgainLikeness { get; init; } = 0.8f;

    /// <summary>Sightings in a row that make a track.</summary>
    /// <value>1 or more; 2 unless set.</value>
    public int ConfirmAfter { get; init; } = 2;

    /// <summary>How long a track that is not seen may be found again.</summary>
    /// <value>3 seconds unless set.</value>
    public TimeSpan LostFor { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a track that is not seen is still reported where it is expected.</summary>
    /// <value>Zero unless set.</value>
    public TimeSpan CoastFor { get; init; }
}
