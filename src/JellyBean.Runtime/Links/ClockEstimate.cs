namespace JellyBean.Runtime.Links;

/// <summary>How far this process's clock is ahead of the sender's: from the question and answer that took least time, of the last few.</summary>
/// <remarks>Both clocks are monotonic and tell nothing of the time of day. Written by one task, read by any.</remarks>
/// <param name="guess">What is told before the first answer.</param>
internal sealed class ClockEstimate(long guess)
{
    // Clocks drift apart by less than a millisecond in this many heartbeats of a second.
    private const int MostSamples = 32;

    private readonly Queue<(long RoundTrip, long Ahead)> _samples = new();
    private long _ahead = guess;

    /// <summary>Nanoseconds.</summary>
    public long Ahead => Volatile.Read(ref _ahead);

    /// <summary>A question was answered.</summary>
    /// <param name="asked">When it was asked, by this process's clock.</param>
    /// <param name="told">What the sender's clock said.</param>
    /// <param name="now">When the answer came, by this process's clock.</param>
    /// <returns>How long it took, nanoseconds.</returns>
    public long Add(long asked, long told, long now)
    {
        var roundTrip = Math.Max(1, now - asked);
        if (_samples.Count == MostSamples)
        {
            _samples.Dequeue();
        }

        _samples.Enqueue((roundTrip, now - told - (roundTrip / 2)));
        Volatile.Write(ref _ahead, _samples.Min().Ahead);
        return roundTrip;
    }
}
