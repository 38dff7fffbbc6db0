namespace JellyBean.Workflows.Inputs;

/// <summary>What a source gives: a value with its event time, or the reason why there is none at this place.</summary>
/// <typeparam name="T">What an element carries.</typeparam>
public readonly record struct SourceItem<T>
    where T : notnull
{
    /// <summary>A good element.</summary>
    /// <param name="value">What it carries.</param>
    /// <param name="eventTime">When it happened, such as when the picture was taken.</param>
    public SourceItem(T value, DateTimeOffset eventTime)
    {
        Value = value;
        EventTime = eventTime;
    }

    private SourceItem(string fault, DateTimeOffset eventTime)
    {
        Fault = fault;
        EventTime = eventTime;
    }

    /// <summary>What it carries; null for a bad element.</summary>
    public T? Value { get; }

    /// <summary>When it happened.</summary>
    public DateTimeOffset EventTime { get; }

    /// <summary>Why the element is bad; null for a good one.</summary>
    public string? Fault { get; }

    /// <summary>Whether a live source gives it again, out of what it has recorded: its overload policy then waits, as it can.</summary>
    public bool IsAgain { get; init; }

    /// <summary>An element that the source had to offer but could not read. It takes a number, is counted as failed, and the stream goes on.</summary>
    public static SourceItem<T> Bad(string fault, DateTimeOffset eventTime) => new(fault, eventTime);
}
