using System.Diagnostics;

namespace JellyBean.Runtime.Sources;

/// <summary>Lets elements through evenly by their own times, so many per second: the same ones however fast they are read.</summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class EventTimeSampling(double perSecond)
{
    private readonly RateLimit _limit = new(perSecond);
    private DateTimeOffset? _first;
    private DateTimeOffset _latest;

    public bool Admits(DateTimeOffset time)
    {
        _first ??= time;

        // Times that run backwards stand still.
        _latest = time > _latest ? time : _latest;
        return _limit.Admits((long)((_latest - _first.Value).TotalSeconds * Stopwatch.Frequency) + 1);
    }
}
