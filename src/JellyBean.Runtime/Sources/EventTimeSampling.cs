namespace JellyBean.Runtime.Sources;

/// <summary>Lets elements through evenly by their own times, so many per second: the same ones however fast they are read, and wherever reading goes on.</summary>
/// <param name="perSecond">Elements per second.</param>
/// <param name="reached">The time of the last element that was let through before, UTC ticks; the least if none was.</param>
/// <param name="tokens">What <see cref="Tokens"/> was then.</param>
/// <remarks>One thread at a time.</remarks>
internal sealed class EventTimeSampling(double perSecond, long reached, double tokens)
{
    private readonly RateLimit _limit = new(perSecond, TimeSpan.TicksPerSecond, Math.Max(0, reached), tokens);
    private long _latest = reached;

    /// <summary>What is left of what elements have to take; to go on from the last that was let through.</summary>
    public double Tokens => _limit.Tokens;

    public bool Admits(DateTimeOffset time)
    {
        // Times that run backwards stand still.
        _latest = Math.Max(_latest, time.UtcTicks);
        return _limit.Admits(_latest);
    }
}
