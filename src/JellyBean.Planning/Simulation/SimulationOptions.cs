using System.Collections.Immutable;
using JellyBean.Workflows;

namespace JellyBean.Planning.Simulation;

/// <summary>What is simulated, and for how long.</summary>
public sealed record SimulationOptions
{
    /// <summary>The seed of all that is random: the same seed gives the same result.</summary>
    /// <value>1 unless set.</value>
    public int Seed { get; init; } = 1;

    /// <summary>How elements of sources follow each other.</summary>
    /// <value><see cref="ArrivalProcess.Poisson"/> unless set.</value>
    public ArrivalProcess Arrivals { get; init; } = ArrivalProcess.Poisson;

    /// <summary>Sources whose elements follow each other otherwise.</summary>
    public ImmutableSortedDictionary<SourceId, ArrivalProcess> ArrivalsOf { get; init; } = ImmutableSortedDictionary<SourceId, ArrivalProcess>.Empty;

    /// <summary>Elements that are admitted, over all sources. The first tenth fills the system and is not measured.</summary>
    /// <value>100 or more; 20,000 unless set, so that some 180 latencies lie above the 99th percentile.</value>
    public int Elements { get; init; } = 20_000;
}
