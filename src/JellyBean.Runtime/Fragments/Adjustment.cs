using System.Collections.Immutable;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Fragments;

/// <summary>What runs otherwise than an epoch's plan says, without another plan: whole, so that whoever has the latest needs none of those before.</summary>
/// <param name="Epoch">The plan that it is for.</param>
/// <param name="Revision">Counts up within an epoch; what is lower than one in force is late, and ignored.</param>
/// <param name="Operators">How operators that ask models run. Those it does not name go on as they do.</param>
/// <param name="Limits">Sources that let in less than they offer. Those it does not name let in everything.</param>
internal sealed record Adjustment(long Epoch, long Revision, ImmutableArray<OperatorSetting> Operators, ImmutableArray<SourceLimit> Limits)
{
    public bool Equals(Adjustment? other) =>
        other is not null && (Epoch, Revision) == (other.Epoch, other.Revision) && Operators.SequenceEqual(other.Operators) && Limits.SequenceEqual(other.Limits);

    public override int GetHashCode() => HashCode.Combine(Epoch, Revision);
}

/// <summary>How an operator that asks a model runs.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Variant">The variant of its model.</param>
/// <param name="BatchSize">Most elements in one run; what the variant or its instances cannot take is cut.</param>
/// <param name="Linger">How long an element may wait for its batch to fill while the model is idle.</param>
/// <param name="Ready">Variants that should be loaded beside it, the most urgent first, as far as there is memory.</param>
internal sealed record OperatorSetting(OperatorId Operator, string Variant, int BatchSize, TimeSpan Linger, ImmutableArray<string> Ready)
{
    public bool Equals(OperatorSetting? other) =>
        other is not null && (Operator, Variant, BatchSize, Linger) == (other.Operator, other.Variant, other.BatchSize, other.Linger) && Ready.SequenceEqual(other.Ready);

    public override int GetHashCode() => HashCode.Combine(Operator, Variant, BatchSize, Linger);
}

/// <summary>The most that a source lets in, elements per second; the rest is dropped as it comes, where the source's overload policy drops at all.</summary>
internal readonly record struct SourceLimit(SourceId Source, double PerSecond);

/// <summary>What came of changing an operator in place.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Variant">The variant that it runs now.</param>
/// <param name="Problem">Why it is not the one that was wanted; null if it is.</param>
/// <param name="Took">From the order until every instance ran it; zero where nothing had to change.</param>
internal sealed record AdjustOutcome(OperatorId Operator, string Variant, string? Problem, TimeSpan Took);
