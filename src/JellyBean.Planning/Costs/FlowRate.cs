using System.Collections.Immutable;
using JellyBean.Workflows;

namespace JellyBean.Planning.Costs;

/// <summary>What passes between two operators per second, wherever they are.</summary>
public sealed record FlowRate
{
    /// <summary>The operator that sends.</summary>
    public required OperatorId From { get; init; }

    /// <summary>The operator that receives.</summary>
    public required OperatorId To { get; init; }

    /// <summary>Which of the receiver's inputs it is, from 0.</summary>
    public required int InputIndex { get; init; }

    /// <summary>Elements per second; between expand and regroup, parts per second.</summary>
    public required double Rate { get; init; }

    /// <summary>Bytes per second as sent, with what an expand operator keeps.</summary>
    /// <param name="variant">The sender's variant; null where it asks no model.</param>
    public double BytesPerSecond(string? variant) => (Rate * MessageBytes(variant)) + (Groups * KeptBytes);

    /// <summary>Mean bytes of what links count as a message: between expand and regroup that is each part, and what is kept of an element.</summary>
    /// <inheritdoc cref="BytesPerSecond" path="/param" />
    public double BytesPerMessage(string? variant) => BytesPerSecond(variant) / (Rate + Groups);

    /// <summary>Bytes that must have come before one element is there whole; between expand and regroup, all parts and what is kept.</summary>
    /// <inheritdoc cref="BytesPerSecond" />
    public double BytesPerElement(string? variant) => (Parts * MessageBytes(variant)) + KeptBytes;

    /// <summary>The sender's variants whose results have a size of their own; null stands for all others.</summary>
    public IEnumerable<string?> Sizes => Messages.Keys.Order(StringComparer.Ordinal).Append(null);

    internal IReadOnlyDictionary<string, double> Messages { get; init; } = ImmutableDictionary<string, double>.Empty;

    internal double OtherMessageBytes { get; init; }

    internal double KeptBytes { get; init; }

    internal double Groups { get; init; }

    internal double Parts { get; init; } = 1;

    /// <summary>The variance of <see cref="Parts"/>; 0 where there is always one.</summary>
    internal double PartsVariance { get; init; }

    /// <summary>Bytes of one element as sent, without what an expand operator keeps.</summary>
    /// <inheritdoc cref="BytesPerSecond" path="/param" />
    public double MessageBytes(string? variant) => variant is not null && Messages.TryGetValue(variant, out var own) ? own : OtherMessageBytes;
}
