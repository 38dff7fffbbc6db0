using JellyBean.Planning.Infrastructure;

namespace JellyBean.Planning.Simulation;

/// <summary>A link between tiers: sends one message after the other at its bandwidth; each arrives half a round trip later.</summary>
internal sealed class Wire(TierLink link, EventQueue events)
{
    private double _freeAt;
    private double _bytes;

    public TierLink Link => link;

    public void Send(double bytes, Action arrives)
    {
        _freeAt = Math.Max(_freeAt, events.Now) + (bytes / link.BytesPerSecond);
        events.At(_freeAt, () => _bytes += bytes);
        events.At(_freeAt + (link.RoundTrip.TotalSeconds / 2), arrives);
    }

    /// <summary>Bytes that were sent since the last restart.</summary>
    public double Bytes => _bytes;

    public void Restart() => _bytes = 0;
}
