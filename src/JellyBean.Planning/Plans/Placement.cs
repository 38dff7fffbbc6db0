using System.Collections.Immutable;
using JellyBean.Workflows;

namespace JellyBean.Planning.Plans;

/// <summary>Where and how an operator runs.</summary>
public sealed record Placement
{
    /// <summary>The operator.</summary>
    public required OperatorId Operator { get; init; }

    /// <summary>The variant of an infer operator's model; null for other operators.</summary>
    public string? Variant { get; init; }

    /// <summary>Most elements in one run of the model.</summary>
    /// <value>1 for operators that ask no model.</value>
    public int BatchSize { get; init; } = 1;

    /// <summary>The workers that run it, at least one, by id.</summary>
    public required ImmutableArray<Instance> Instances { get; init; }

    /// <inheritdoc />
    public bool Equals(Placement? other) =>
        other is not null && Operator == other.Operator && Variant == other.Variant && BatchSize == other.BatchSize && Instances.SequenceEqual(other.Instances);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Operator, Variant, BatchSize, Instances.Length);
}
