using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;

namespace JellyBean.Runtime.Snapshots;

/// <summary>Where a node keeps snapshots. Thread-safe.</summary>
internal interface ISnapshotStore
{
    /// <summary>Stores a worker's part, so that it survives the process and, where there are others, the machine.</summary>
    /// <param name="part">What is stored.</param>
    /// <param name="others">Where nodes that may keep a copy are reached.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SnapshotException">It cannot be stored.</exception>
    Task<SnapshotReceipt> WriteAsync(SnapshotPart part, ImmutableSortedDictionary<WorkerId, NodeAddress> others, CancellationToken cancellationToken);

    /// <summary>A snapshot is complete: this node remembers it, and forgets older ones.</summary>
    /// <exception cref="SnapshotException">That cannot be written.</exception>
    Task CompleteAsync(SnapshotManifest manifest, CancellationToken cancellationToken);

    /// <summary>The states of all parts of a snapshot that is complete; what is not here is fetched.</summary>
    /// <param name="snapshot">Its number.</param>
    /// <param name="parts">Its parts; empty where the store is to know them.</param>
    /// <param name="others">Where other nodes are reached.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SnapshotException">There is no such snapshot, or not all of it.</exception>
    Task<ImmutableArray<StatePiece>> ReadAsync(
        long snapshot, ImmutableArray<SnapshotReceipt> parts, ImmutableSortedDictionary<WorkerId, NodeAddress> others, CancellationToken cancellationToken);
}
