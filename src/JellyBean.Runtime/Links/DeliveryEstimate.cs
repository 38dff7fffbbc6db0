namespace JellyBean.Runtime.Links;

/// <summary>What a link can carry, from nothing but acknowledgements: delivery rates, of which only those count that were measured while the link was full (as in BBR: Cardwell et al., BBR: congestion-based congestion control, 2016).</summary>
/// <remarks>
/// Time is cut into windows of at least a second, from one acknowledgement to another. What is on the way is what is delivered per second times how long that takes (Little's law). A link that is not full takes as
/// long as an empty one does; where clearly more is on the way throughout a window, it queues, and what was delivered is what the link can do. Where whoever sends pauses, waits for credit of a slow receiver, or is
/// held back by the window of a long line, no more is on the way than an empty line holds: then nothing is known, but that it can do what it did. Pure: no clock. Callers lock. Allocates nothing.
/// </remarks>
/// <param name="ackDelay">How long the other end may keep an acknowledgement back.</param>
internal sealed class DeliveryEstimate(TimeSpan ackDelay)
{
    // Of the time that an empty link takes. Below, it may as well be unsteady.
    private const double Queueing = 1.5;

    // Rates of so many full windows, of which the best counts: most are disturbed by what else goes on, none delivers more than the link can.
    private const int Kept = 8;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly double[] _full = new double[Kept];
    private int _fullCount;
    private TimeSpan _roundTrip = TimeSpan.MaxValue;
    private TimeSpan _began;
    private long _deliveredBefore;
    private long _delivered;
    private long _leastOnTheWay;
    private long _mostAtOnce;

    /// <summary>Bytes per second that were delivered in the last window.</summary>
    public double BytesPerSecond { get; private set; }

    /// <summary>Whether the link was full throughout it.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Bytes per second that the link can carry; null as long as it was never full.</summary>
    public double? Capacity { get; private set; }

    /// <summary>A connection stands, with nothing on the way.</summary>
    /// <param name="now">Now.</param>
    /// <param name="delivered">Bytes that have been acknowledged so far.</param>
    /// <param name="roundTrip">How long a greeting and its answer took.</param>
    public void Connected(TimeSpan now, long delivered, TimeSpan roundTrip)
    {
        _roundTrip = roundTrip;
        Begin(now, delivered, onTheWay: 0);
    }

    /// <summary>A question and its answer took so long. The least counts: others may have waited behind elements.</summary>
    public void RoundTrip(TimeSpan time) => _roundTrip = time < _roundTrip ? time : _roundTrip;

    /// <summary>The other end has acknowledged.</summary>
    /// <param name="now">Now.</param>
    /// <param name="delivered">Bytes that have been acknowledged so far.</param>
    /// <param name="onTheWay">Bytes that were sent and are not acknowledged.</param>
    /// <returns>Whether a window has ended: there is something new to know.</returns>
    public bool Acknowledged(TimeSpan now, long delivered, long onTheWay)
    {
        _mostAtOnce = Math.Max(_mostAtOnce, delivered - _delivered);
        _delivered = delivered;
        _leastOnTheWay = Math.Min(_leastOnTheWay, onTheWay);
        return now - _began >= Window && End(now, onTheWay);
    }

    /// <summary>Time has passed.</summary>
    /// <inheritdoc cref="Acknowledged" />
    public bool Tick(TimeSpan now, long onTheWay) => now - _began >= Window && onTheWay == 0 && End(now, onTheWay);

    private bool End(TimeSpan now, long onTheWay)
    {
        BytesPerSecond = (_delivered - _deliveredBefore) / (now - _began).TotalSeconds;

        // A large element takes its time on an empty link, too.
        IsFull = BytesPerSecond > 0 && _roundTrip != TimeSpan.MaxValue && _leastOnTheWay > (Queueing * BytesPerSecond * (_roundTrip + ackDelay).TotalSeconds) + _mostAtOnce;

        // Whatever was delivered can be delivered.
        if (IsFull || BytesPerSecond > Capacity)
        {
            _full[_fullCount++ % Kept] = BytesPerSecond;
            Capacity = _full.Max();
        }

        Begin(now, _delivered, onTheWay);
        return true;
    }

    private void Begin(TimeSpan now, long delivered, long onTheWay) => (_began, _deliveredBefore, _delivered, _leastOnTheWay, _mostAtOnce) = (now, delivered, delivered, onTheWay, 0);
}
