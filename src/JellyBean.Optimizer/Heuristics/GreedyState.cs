using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;

namespace JellyBean.Optimizer.Heuristics;

/// <summary>Operators placed so far, each on workers of its own.</summary>
/// <param name="Placed">Elements per second that each operator's workers take.</param>
/// <param name="HighestTier">The farthest tier of each operator; −1 for inputs.</param>
/// <param name="Taken">Workers that have an operator.</param>
/// <param name="Compute">Price of the workers.</param>
/// <param name="Total">With the traffic as it is counted while placing.</param>
internal sealed record GreedyState(
    ImmutableDictionary<OperatorId, ImmutableArray<(WorkerId Worker, double Rate)>> Placed,
    ImmutableDictionary<OperatorId, int> HighestTier,
    ImmutableHashSet<WorkerId> Taken,
    double Compute,
    double Total)
{
    public static GreedyState Empty { get; } = new(
        ImmutableDictionary<OperatorId, ImmutableArray<(WorkerId Worker, double Rate)>>.Empty, ImmutableDictionary<OperatorId, int>.Empty, [], 0, 0);
}
