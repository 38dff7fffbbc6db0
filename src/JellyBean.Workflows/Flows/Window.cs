namespace JellyBean.Workflows.Flows;

/// <summary>Spans of event time, aligned to the Unix epoch: every <see cref="Slide"/> a span of <see cref="Size"/> begins.</summary>
public sealed record Window
{
    private Window(TimeSpan size, TimeSpan slide)
    {
        Size = size;
        Slide = slide;
    }

    /// <summary>How long a span is.</summary>
    public TimeSpan Size { get; }

    /// <summary>How far apart spans begin.</summary>
    public TimeSpan Slide { get; }

    /// <summary>Spans that follow each other without gap or overlap.</summary>
    public static Window Tumbling(TimeSpan size) => new(size, size);

    /// <summary>Spans of <paramref name="size"/> that begin every <paramref name="slide"/>; an element is in each that covers it.</summary>
    public static Window Sliding(TimeSpan size, TimeSpan slide) => new(size, slide);
}

/// <summary>One span of a <see cref="Window"/>.</summary>
/// <param name="Start">Its first instant.</param>
/// <param name="End">The first instant after it.</param>
public readonly record struct WindowSpan(DateTimeOffset Start, DateTimeOffset End);
