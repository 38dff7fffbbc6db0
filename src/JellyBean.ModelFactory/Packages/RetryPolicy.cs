namespace JellyBean.ModelFactory.Packages;

/// <summary>How often a download is tried, and the pauses between; each is twice the one before, up to a limit.</summary>
internal sealed record RetryPolicy
{
    public int Attempts { get; init; } = 4;

    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(15);

    public TimeSpan PauseAfter(int attempt)
    {
        double pause = FirstPause.TotalSeconds * Math.Pow(2, attempt - 1);
        return TimeSpan.FromSeconds(Math.Min(pause, LongestPause.TotalSeconds));
    }
}
