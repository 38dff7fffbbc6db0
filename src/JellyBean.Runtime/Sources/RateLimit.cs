using System.Diagnostics;

namespace JellyBean.Runtime.Sources;

/// <summary>Lets elements through evenly, so many per second on average and never two for the price of one: a bucket that holds one token, and is full at first.</summary>
/// <remarks>One thread at a time. Between elements that come evenly, those let through do too.</remarks>
/// <param name="perSecond">Elements per second.</param>
/// <param name="frequency">Ticks of its timestamps per second.</param>
/// <param name="at">The last timestamp before; 0 if there was none.</param>
/// <param name="tokens">What was in the bucket then.</param>
internal sealed class RateLimit(double perSecond, long frequency, long at, double tokens)
{
    // A little more than one: what comes a moment early is not refused for it, or a rate just below the limit would be cut, too.
    private const double Most = 1.5;

    /// <summary>What is in the bucket when it is used first.</summary>
    public const double Full = 1;

    private double _tokens = tokens;
    private long _at = at;

    /// <summary>One of the system's stopwatch that is used first.</summary>
    public RateLimit(double perSecond)
        : this(perSecond, Stopwatch.Frequency, 0, Full)
    {
    }

    /// <summary>What is in the bucket.</summary>
    public double Tokens => _tokens;

    /// <summary>Elements per second.</summary>
    public double PerSecond => perSecond;

    /// <summary>Whether an element that comes now is let through.</summary>
    /// <param name="timestamp">Never before the last one.</param>
    public bool Admits(long timestamp)
    {
        if (_at > 0)
        {
            _tokens = Math.Min(Most, _tokens + ((timestamp - _at) * perSecond / frequency));
        }

        _at = timestamp;
        if (_tokens < 1)
        {
            return false;
        }

        _tokens--;
        return true;
    }
}
