using System.Diagnostics;
using HdrHistogram;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Links;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Telemetry;

/// <summary>Counts what a route carries to another worker.</summary>
/// <param name="from">The operator whose elements it carries.</param>
/// <param name="to">The operator that takes them.</param>
/// <param name="toWorker">Where that runs.</param>
internal sealed class LinkMeter(OperatorId from, OperatorId to, WorkerId toWorker)
{
    private readonly Recorder _roundTrips = Distributions.NewRecorder();
    private readonly HistogramBase _allRoundTrips = Distributions.NewHistogram();
    private long _elements;
    private long _bytes;
    private long _wireBytes;
    private long _reconnects;
    private long _resent;
    private long _holds;
    private LinkDelivery _delivery;
    private readonly Lock _deliveryGate = new();

    /// <summary>For how long it has an element and no room for it: no credit, or all it may hold is on the way.</summary>
    public DemandMeter Demand { get; } = new();

    /// <summary>An element was sent.</summary>
    /// <param name="bytes">What its value takes as encoded.</param>
    public void Sent(long bytes)
    {
        Interlocked.Increment(ref _elements);
        Interlocked.Add(ref _bytes, bytes);
    }

    /// <summary>An element has no room.</summary>
    /// <param name="admittedAt">When its source let it in, as a timestamp; 0 where none is held.</param>
    public void Holds(long admittedAt) => Volatile.Write(ref _holds, admittedAt);

    /// <summary>Bytes were written to the network.</summary>
    public void Wrote(int bytes) => Interlocked.Add(ref _wireBytes, bytes);

    /// <summary>The connection was made again.</summary>
    /// <param name="resent">Frames that are sent once more.</param>
    public void Reconnected(long resent)
    {
        Interlocked.Increment(ref _reconnects);
        Interlocked.Add(ref _resent, resent);
    }

    /// <summary>The other end has told how long a question and its answer took.</summary>
    public void RoundTrip(TimeSpan time) => _roundTrips.RecordValue(Math.Clamp((long)time.TotalMicroseconds, 1, Distributions.Most));

    /// <summary>What it delivers is known anew.</summary>
    public void Delivers(DeliveryEstimate delivery)
    {
        lock (_deliveryGate)
        {
            _delivery = new LinkDelivery(delivery.BytesPerSecond, delivery.IsFull, delivery.Capacity);
        }
    }

    public LinkReport Report()
    {
        var (blocked, share) = Demand.Read();
        return Counted() with
        {
            Delivery = Delivery,
            BlockedSeconds = blocked,
            BlockedShare = share,
            OldestAgeMs = Volatile.Read(ref _holds) is > 0 and var since ? Stopwatch.GetElapsedTime(since).TotalMilliseconds : 0,
        };
    }

    private LinkReport Counted() => new(
        from,
        to,
        toWorker,
        Volatile.Read(ref _elements),
        Volatile.Read(ref _bytes),
        Volatile.Read(ref _wireBytes),
        Volatile.Read(ref _reconnects),
        Volatile.Read(ref _resent),
        Distributions.Read(_roundTrips, _allRoundTrips, 1000));

    private LinkDelivery Delivery
    {
        get
        {
            lock (_deliveryGate)
            {
                return _delivery;
            }
        }
    }
}
