namespace JellyBean.Runtime.Inference;

/// <summary>How a batching stage forms its batches.</summary>
internal sealed record InferenceOptions
{
    /// <summary>Most elements in one batch.</summary>
    /// <value>1 or more; 1 unless set. The plan chooses it. Larger raises throughput where the model gains from batches, and latency.</value>
    public int BatchSize { get; init; } = 1;

    /// <summary>How long an element may wait for its batch to fill while the model is idle.</summary>
    /// <value>Zero unless set: an idle model takes what is there. The batch fills by itself while the model is busy. Waits are rounded up to whole milliseconds.</value>
    public TimeSpan Linger { get; init; }

    /// <summary>For how long a model should have elements waiting, so that it does not pause when the machine is busy elsewhere.</summary>
    /// <value>20 ms unless set: a few turns of the operating system's scheduler. Larger adds as much latency under overload.</value>
    public TimeSpan Ahead { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Speed of the emulated machine as a fraction of this one's.</summary>
    /// <value>Above 0, at most 1; 1 unless set. Below 1, each batch is followed by a delay that stretches it. Only models are slowed down: other operators share threads, on which nothing may wait.</value>
    public double Speed { get; init; } = 1;
}
