using System.Diagnostics;

namespace JellyBean.Runtime.Sources;

/// <summary>Lets elements through evenly, so many per second on average and never two for the price of one: a bucket that holds one token, and is full at first.</summary>
/// <remarks>One thread at a time. Between elements that come evenly, those let through do too.</remarks>
internal sealed class RateLimit(double perSecond)
{
    // A little more than one: what comes a moment early is not refused for it, or a rate just below the limit would be cut, too.
    private const double Most = 1.5;

    private double _tokens = 1;
    private long _at;

    /// <summary>Elements per second.</summary>
    public double PerSecond => perSecond;

    /// <summary>Whether an element that comes now is let through.</summary>
    /// <param name="timestamp">Of the system's stopwatch; never before the last one.</param>
    public bool Admits(long timestamp)
    {
        if (_at > 0)
        {
            _tokens = Math.Min(Most, _tokens + ((timestamp - _at) * perSecond / Stopwatch.Frequency));
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
