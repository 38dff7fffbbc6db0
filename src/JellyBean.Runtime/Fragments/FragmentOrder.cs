using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Sources;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Fragments;

/// <summary>What a node is to make its fragment of.</summary>
/// <param name="Plan">The plan, with the epoch that it is in force as.</param>
internal sealed record FragmentOrder(Plan Plan)
{
    /// <summary>Where the data planes of other nodes take links and copies of snapshots; workers that are not in it can be reached in this process only.</summary>
    public ImmutableSortedDictionary<WorkerId, NodeAddress> Peers { get; init; } = ImmutableSortedDictionary<WorkerId, NodeAddress>.Empty;

    /// <summary>The plan in force, whose place this one takes while elements flow; null if it begins by itself.</summary>
    public Plan? Former { get; init; }

    /// <summary>The snapshot to go on from; 0 to go on without one; null if a run begins.</summary>
    public long? Resume { get; init; }

    /// <summary>Sources that are not configured, but were added to the run.</summary>
    public ImmutableArray<SourceAddition> Added { get; init; } = [];

    /// <summary>Sources that are held up until they are resumed.</summary>
    public ImmutableArray<SourceId> Paused { get; init; } = [];

    /// <summary>Where those go on that another version has read before.</summary>
    public ImmutableArray<SourceStart> Starts { get; init; } = [];

    /// <summary>The parts of that snapshot, and who has them; empty where the node's store is to know.</summary>
    public ImmutableArray<SnapshotReceipt> Parts { get; init; } = [];
}
