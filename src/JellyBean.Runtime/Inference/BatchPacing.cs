using System.Diagnostics;

namespace JellyBean.Runtime.Inference;

/// <summary>How large the batches of a model's instances get, how long they may fill, and how many elements the stage holds for them.</summary>
/// <param name="options">How it begins.</param>
/// <param name="instances">How many take batches.</param>
internal sealed class BatchPacing(InferenceOptions options, int instances)
{
    // Room for a short model; how much of it is used, Window says.
    private const int LeastCapacity = 64;

    private long _ticksPerElement;
    private int _batchSize = options.BatchSize;
    private int _leastWindow = LeastWindowOf(instances, options.BatchSize);
    private long _lingerTicks = options.Linger.Ticks;

    /// <summary>Most elements that the stage may ever hold.</summary>
    public int Capacity { get; } = Math.Max(LeastWindowOf(instances, options.BatchSize), LeastCapacity);

    /// <summary>Most elements in one batch; may change at any time.</summary>
    /// <value>
    /// 1 to the capacity, which is made for the first batch size and at least 64; what is set beyond is cut to it. <see cref="Window"/> follows. A batch is never
    /// larger than its variant's own limit.
    /// </value>
    public int BatchSize
    {
        get => Volatile.Read(ref _batchSize);
        set
        {
            var size = Math.Clamp(value, 1, Capacity);
            Volatile.Write(ref _leastWindow, Math.Min(LeastWindowOf(instances, size), Capacity));
            Volatile.Write(ref _batchSize, size);
        }
    }

    /// <summary>How long an element may wait for its batch to fill while the model is idle; may change at any time.</summary>
    public TimeSpan Linger
    {
        get => new(Volatile.Read(ref _lingerTicks));
        set => Volatile.Write(ref _lingerTicks, value.Ticks);
    }

    /// <summary>Most elements that the stage should hold now.</summary>
    /// <value>
    /// A batch for each instance and one that fills; for a short model as many as take <see cref="InferenceOptions.Ahead"/>, so that it never
    /// waits for the stage's thread, while a long one queues, and so delays, no more than it must. Never above the capacity.
    /// </value>
    public int Window
    {
        get
        {
            var ticks = Volatile.Read(ref _ticksPerElement);
            var least = Volatile.Read(ref _leastWindow);
            return ticks == 0 ? least : (int)Math.Clamp(options.Ahead.TotalSeconds * Stopwatch.Frequency / ticks, least, Capacity);
        }
    }

    /// <summary>A batch took this long.</summary>
    public void Took(long ticks, int elements)
    {
        // The mean of roughly the last eight batches, over all instances: a race between two of them loses one sample, no more.
        var sample = Math.Max(1, ticks / (elements * instances));
        var mean = Volatile.Read(ref _ticksPerElement);
        Volatile.Write(ref _ticksPerElement, mean == 0 ? sample : mean + ((sample - mean) / 8));
    }

    /// <summary>How long a batch may go on to fill.</summary>
    /// <param name="since">When its first element came.</param>
    public TimeSpan LingersOn(long since) => Linger - Stopwatch.GetElapsedTime(since);

    private static int LeastWindowOf(int instances, int batchSize) => (instances + 1) * Math.Max(batchSize, 2);
}
