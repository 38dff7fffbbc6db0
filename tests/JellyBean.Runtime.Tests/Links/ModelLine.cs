using JellyBean.Runtime.Links;

namespace JellyBean.Runtime.Tests.Links;

/// <summary>A line in virtual time, with whoever sends over it and whoever acknowledges: frames queue, take their time, and are acknowledged together with others.</summary>
internal sealed record ModelLine
{
    /// <summary>How long an acknowledgement may be kept back.</summary>
    public static readonly TimeSpan AckDelay = TimeSpan.FromMilliseconds(5);

    public required double BytesPerSecond { get; init; }

    public required TimeSpan RoundTrip { get; init; }

    public int FrameBytes { get; init; } = 10_000;

    /// <summary>Most bytes on the way.</summary>
    public double Window { get; init; } = double.PositiveInfinity;

    /// <summary>How fast whoever sends has something; without a limit, always.</summary>
    public double Offered { get; init; } = double.PositiveInfinity;

    /// <summary>How many frames it has at once.</summary>
    public int Burst { get; init; } = 1;

    /// <summary>Sends for a time.</summary>
    /// <param name="estimate">What watches the acknowledgements.</param>
    /// <param name="from">When it begins.</param>
    /// <param name="length">For how long.</param>
    /// <param name="delivered">What was acknowledged before.</param>
    /// <returns>What is acknowledged then.</returns>
    public long Send(DeliveryEstimate estimate, TimeSpan from, TimeSpan length, long delivered)
    {
        var sent = new Queue<(double AckAt, int Bytes)>();
        var (free, onTheWay, lastAck) = (from.TotalSeconds, 0L, from.TotalSeconds);
        var acks = new Random(7);
        for (var frame = 0; ; frame++)
        {
            var at = from.TotalSeconds + (frame / Burst * Burst * FrameBytes / Offered);
            while (sent.TryPeek(out var first) && (first.AckAt <= at || onTheWay + FrameBytes > Window))
            {
                // Whoever waits for room sends once there is some.
                at = Math.Max(at, first.AckAt);
                sent.Dequeue();
                onTheWay -= first.Bytes;
                delivered += first.Bytes;
                if (!sent.TryPeek(out var next) || next.AckAt > first.AckAt)
                {
                    estimate.Acknowledged(TimeSpan.FromSeconds(first.AckAt), delivered, onTheWay);
                }
            }

            if (at > (from + length).TotalSeconds)
            {
                return delivered;
            }

            free = Math.Max(free, at) + (FrameBytes / BytesPerSecond);
            lastAck = Math.Max(lastAck, free + RoundTrip.TotalSeconds + (acks.NextDouble() * AckDelay.TotalSeconds));
            sent.Enqueue((lastAck, FrameBytes));
            onTheWay += FrameBytes;
        }
    }
}
