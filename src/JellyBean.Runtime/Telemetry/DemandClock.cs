namespace JellyBean.Runtime.Telemetry;

/// <summary>Tells for how long nobody has asked for what one instance could give. One thread writes, any reads; no lock, nothing allocated.</summary>
/// <remarks>
/// It runs on the system's coarse clock, which takes a few nanoseconds instead of twenty and moves every few milliseconds: an interval counts as many of its ticks as fall into it. That is true in the mean, as with
/// sampling, however short intervals are; and a sum is all that is asked for.
/// </remarks>
internal sealed class DemandClock
{
    private long _total;
    private long _since;

    /// <summary>Something could be given, or could be got to be given, and nobody asks. Changes nothing where that is so already.</summary>
    public void Begin() => Begin(Environment.TickCount64);

    /// <summary>Somebody asks.</summary>
    public void End() => End(Environment.TickCount64);

    /// <inheritdoc cref="Begin()" />
    public void Begin(long now)
    {
        if (_since == 0)
        {
            Volatile.Write(ref _since, now);
        }
    }

    /// <inheritdoc cref="End()" />
    public void End(long now)
    {
        if (_since > 0)
        {
            var total = _total + now - _since;
            Volatile.Write(ref _since, 0);
            Volatile.Write(ref _total, total);
        }
    }

    /// <summary>Milliseconds so far, the one that goes on included.</summary>
    public long Milliseconds(long now)
    {
        var since = Volatile.Read(ref _since);
        return Volatile.Read(ref _total) + (since > 0 ? now - since : 0);
    }
}
