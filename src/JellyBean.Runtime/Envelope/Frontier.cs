using JellyBean.Workflows;

namespace JellyBean.Runtime.Envelope;

/// <summary>Settlement: nothing derived from the source's elements up to <see cref="Number"/> follows. Immutable, so that routes may share it.</summary>
/// <param name="source">The source.</param>
/// <param name="number">The last settled number; -1 before the first.</param>
/// <param name="eventTicks">What follows of the source happened at or after this: UTC ticks.</param>
/// <param name="isIdle">Whether the source is silent, and event time goes on without it until its next element.</param>
internal sealed class Frontier(SourceId source, long number, long eventTicks, bool isIdle = false) : Item
{
    /// <summary>The event time of a source that has ended.</summary>
    public const long Ended = long.MaxValue;

    public SourceId Source { get; } = source;

    public long Number { get; } = number;

    public long EventTicks { get; } = eventTicks;

    public bool IsIdle { get; } = isIdle;

    /// <summary>The event time that joins and windows need not wait for.</summary>
    public long Watermark => IsIdle ? Ended : EventTicks;
}
