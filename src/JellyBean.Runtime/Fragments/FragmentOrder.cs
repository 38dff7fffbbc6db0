using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;

namespace JellyBean.Runtime.Fragments;

/// <summary>What a node is to make its fragment of.</summary>
/// <param name="Plan">The plan, with the epoch that it is in force as.</param>
internal sealed record FragmentOrder(Plan Plan)
{
    /// <summary>Where the data planes of the plan's workers take links; those that are not in it can be reached in this process only.</summary>
    public ImmutableSortedDictionary<WorkerId, NodeAddress> Peers { get; init; } = ImmutableSortedDictionary<WorkerId, NodeAddress>.Empty;

    /// <summary>The plan in force, whose place this one takes while elements flow; null if it begins by itself.</summary>
    public Plan? Former { get; init; }

    /// <summary>The snapshot to go on from; 0 to go on without one; null if a run begins.</summary>
    public long? Resume { get; init; }
}
