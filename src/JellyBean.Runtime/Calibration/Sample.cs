using JellyBean.Workflows;

namespace JellyBean.Runtime.Calibration;

/// <summary>An element on its way through a calibration.</summary>
/// <param name="Value">What it carries.</param>
/// <param name="Source">The source that it derives from.</param>
/// <param name="EventTicks">When it happened.</param>
/// <param name="Group">The element that it is a part of; null if it is whole.</param>
/// <param name="Part">Which part.</param>
internal sealed record Sample(object Value, SourceId Source, long EventTicks, PartGroup? Group = null, int Part = 0)
{
    /// <summary>Which passage of consecutive elements of its source it belongs to, from 0.</summary>
    public int Passage { get; init; }

    /// <summary>Whether it is there only to bring what remembers to where it would be, and is not measured itself.</summary>
    public bool IsLeadIn { get; init; }

    /// <summary>A model's answer to it; where it is a part, kept for the whole.</summary>
    public Sample AnsweredBy(object answer)
    {
        Group?.Answers[Part] = answer;
        return this with { Value = answer };
    }
}

/// <summary>What is known of a divided element until it is put together again.</summary>
internal sealed class PartGroup(Sample whole, object kept, int parts)
{
    public Sample Whole { get; } = whole;

    public object Kept { get; } = kept;

    /// <summary>The model's answers; null where a part failed.</summary>
    public object?[] Answers { get; } = new object?[parts];
}
