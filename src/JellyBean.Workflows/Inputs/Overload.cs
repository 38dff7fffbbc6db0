namespace JellyBean.Workflows.Inputs;

/// <summary>What a source does when the workflow is slower than it. The source is the only place that may drop, and every drop is counted.</summary>
public abstract record Overload
{
    private Overload()
    {
    }

    /// <summary>Wait: nothing is dropped. Right for files.</summary>
    public static Overload Block { get; } = new BlockPolicy();

    /// <summary>Keep only the newest element that is not admitted yet.</summary>
    public static Overload LatestOnly { get; } = new DropOldestPolicy(1);

    /// <summary>Keep the newest <paramref name="capacity"/> elements that are not admitted yet, drop the oldest.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is below 1.</exception>
    public static Overload DropOldest(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        return new DropOldestPolicy(capacity);
    }

    /// <summary>Take no more than <paramref name="perSecond"/> elements per second of event time, evenly, drop the others as they come; of those, keep only the newest that is not admitted yet.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="perSecond"/> is not above 0.</exception>
    public static Overload Sample(double perSecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perSecond);
        return new SamplePolicy(perSecond);
    }

    internal sealed record BlockPolicy : Overload;

    internal sealed record DropOldestPolicy(int Capacity) : Overload;

    internal sealed record SamplePolicy(double PerSecond) : Overload;
}
