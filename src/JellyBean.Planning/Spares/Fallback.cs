using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;

namespace JellyBean.Planning.Spares;

/// <summary>Where everything goes while one machine is missing: the same variants and batch sizes on the rest of the plan's machines, none of them busier than the cap.</summary>
/// <remarks>Latencies are not promised meanwhile. What was read on the missing machine is read on another of its tier.</remarks>
public sealed record Fallback
{
    /// <summary>The machine that is missing; it stands for all that could stand in for it.</summary>
    public required WorkerId Without { get; init; }

    /// <summary>Where the sources sit meanwhile.</summary>
    public required ImmutableArray<PlannedSource> Sources { get; init; }

    /// <summary>Every operator of the workflow, once.</summary>
    public required ImmutableArray<Placement> Placements { get; init; }

    /// <summary>Which way elements go meanwhile.</summary>
    public required ImmutableArray<PlannedRoute> Routes { get; init; }

    /// <inheritdoc />
    public bool Equals(Fallback? other) =>
        other is not null && Without == other.Without && Sources.SequenceEqual(other.Sources) && Placements.SequenceEqual(other.Placements) && Routes.SequenceEqual(other.Routes);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Without, Placements.Length, Routes.Length);
}
