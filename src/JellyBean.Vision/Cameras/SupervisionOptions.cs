namespace JellyBean.Vision.Cameras;

/// <summary>How patient a live camera's supervision is.</summary>
internal sealed record SupervisionOptions
{
    /// <summary>How long connecting may take, to the first frame; also the longest stall that is worked out from the rhythm of frames.</summary>
    public TimeSpan FirstFrame { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A stall is so many usual intervals without a frame.</summary>
    public int StallIntervals { get; init; } = 10;

    /// <summary>But no less than this.</summary>
    public TimeSpan LeastStall { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a stall is, where the user says it; null to work it out.</summary>
    public TimeSpan? StallAfter { get; init; }

    /// <summary>The first wait before connecting anew; each next one is twice as long.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest. Short, because a camera that is back should flow within two seconds; a try costs a process that ends at once.</summary>
    public TimeSpan MostWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often it is asked whether somebody listens again at the address of a camera that is away.</summary>
    public TimeSpan KnockEvery { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long an answer may take.</summary>
    public TimeSpan KnockPatience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>For how long nobody's answer keeps the next decoder from being tried.</summary>
    public TimeSpan MostKnocking { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The wait after refused credentials: cameras lock accounts that are tried too often.</summary>
    public TimeSpan RefusedWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Waits are shorter by up to this part.</summary>
    public double Jitter { get; init; } = 0.5;

    /// <summary>After how long of frames waits begin anew at the first.</summary>
    public TimeSpan Steady { get; init; } = TimeSpan.FromSeconds(2);

    public static SupervisionOptions For(CameraOptions options, CameraKind kind)
    {
        var defaults = new SupervisionOptions { StallAfter = options.StallAfter };
        return defaults with
        {
            // Whoever listens waits for a camera as long as that takes.
            FirstFrame = options.Listen ? Timeout.InfiniteTimeSpan : defaults.FirstFrame,

            // Segments come whole: between two there is nothing for as long as one lasts.
            LeastStall = kind == CameraKind.Hls ? TimeSpan.FromSeconds(10) : defaults.LeastStall,

            // Nobody can ask at its address without taking the connection: the decoder does, more often.
            MostWait = kind == CameraKind.TransportStream ? TimeSpan.FromMilliseconds(500) : defaults.MostWait,
        };
    }
}
