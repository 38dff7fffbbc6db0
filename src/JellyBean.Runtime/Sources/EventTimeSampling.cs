namespace JellyBean.Runtime.Sources;

/// <summary>Lets through the first element of each interval by their own times, so many intervals per second: the same ones however fast they are read, and wherever reading goes on.</summary>
/// <param name="perSecond">Intervals.</param>
/// <param name="reached">The time of the last element that was let through before, UTC ticks; the least if none was.</param>
/// <remarks>One thread at a time. Times that run backwards stand still.</remarks>
internal sealed class EventTimeSampling(double perSecond, long reached)
{
    private long _last = reached == long.MinValue ? long.MinValue : IntervalOf(reached, perSecond);

    public bool Admits(DateTimeOffset time)
    {
        var interval = IntervalOf(time.UtcTicks, perSecond);
        if (interval <= _last)
        {
            return false;
        }

        _last = interval;
        return true;
    }

    private static long IntervalOf(long ticks, double perSecond) => (long)Math.Floor((ticks - DateTimeOffset.UnixEpoch.UtcTicks) * perSecond / TimeSpan.TicksPerSecond);
}
