namespace JellyBean.Vision.Recordings;

/// <summary>Where a live camera's stream is kept as it comes, and how much of it, so that a run that goes on after a crash reads it again.</summary>
public sealed record RecordingOptions
{
    /// <summary>The folder; the camera has one of its own in it, named after it. No other process may record there under the same name.</summary>
    public required string Folder { get; init; }

    /// <summary>How far back it reaches.</summary>
    /// <value>A minute unless set; what is older is deleted. Less than the time between two snapshots is of no use.</value>
    public TimeSpan Length { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Most bytes on disk; the oldest are deleted first. Passed by at most what the camera sends in two seconds or between two key frames.</summary>
    /// <value>256 MiB unless set.</value>
    public long MostBytes { get; init; } = 256L << 20;
}
