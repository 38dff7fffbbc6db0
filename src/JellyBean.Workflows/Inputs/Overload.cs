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

    internal sealed record BlockPolicy : Overload;

    internal sealed record DropOldestPolicy(int Capacity) : Overload;
}
