using System.Collections.Immutable;
using JellyBean.Workflows;

namespace JellyBean.Planning.Ladders;

/// <summary>Variants for all models of a workflow that together meet every accuracy floor, on the machines and with the placement of the plan that carries it.</summary>
/// <remarks>Run-time control steps between the rungs of a plan's ladder while elements flow, and uses no other variants.</remarks>
public sealed record LadderRung
{
    /// <summary>How each operator that asks a model runs, by id.</summary>
    public required ImmutableArray<RungWay> Ways { get; init; }

    /// <summary>What each output that has a floor then reaches, by id.</summary>
    public required ImmutableArray<RungAccuracy> Accuracies { get; init; }

    /// <summary>The planned rates times this keep the first machine or link as busy as it may be.</summary>
    /// <value>1 or more runs at the planned rates; below 1 only at lower ones. At most <see cref="MostCapacity"/>.</value>
    public required double Capacity { get; init; }

    /// <summary>Cores that are busy at the planned rates, on all machines together.</summary>
    public required double Cores { get; init; }

    /// <summary>Capacities above this are as good as unlimited, and are written as this.</summary>
    public const double MostCapacity = 1e6;

    /// <summary>Variants in a few words, as in <c>detector=nanodet-352, embedder=stripes-6</c>.</summary>
    public string Variants => string.Join(", ", Ways.Select(w => $"{w.Operator}={w.Variant}"));

    /// <inheritdoc />
    public bool Equals(LadderRung? other) =>
        other is not null && Capacity.Equals(other.Capacity) && Cores.Equals(other.Cores) && Ways.SequenceEqual(other.Ways) && Accuracies.SequenceEqual(other.Accuracies);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Capacity, Cores, Ways.Length, Accuracies.Length);
}

/// <summary>How an operator that asks a model runs on a rung.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Variant">The variant of its model.</param>
/// <param name="BatchSize">Most elements in one run.</param>
public sealed record RungWay(OperatorId Operator, string Variant, int BatchSize);

/// <summary>What an output reaches on a rung.</summary>
/// <param name="Output">The output.</param>
/// <param name="Metric">The metric of its floor.</param>
/// <param name="Value">The metric's measured value.</param>
public sealed record RungAccuracy(OperatorId Output, string Metric, double Value);
