using System.Collections.Immutable;

namespace JellyBean.Runtime.Snapshots;

/// <summary>Where a node keeps snapshots. Thread-safe.</summary>
internal interface ISnapshotStore
{
    /// <summary>Stores a worker's part, so that it survives the process.</summary>
    /// <exception cref="SnapshotException">It cannot be stored.</exception>
    Task<SnapshotReceipt> WriteAsync(SnapshotPart part, CancellationToken cancellationToken);

    /// <summary>The states of all parts of a snapshot that is complete.</summary>
    /// <exception cref="SnapshotException">There is no such snapshot, or not all of it.</exception>
    Task<ImmutableArray<StatePiece>> ReadAsync(long snapshot, CancellationToken cancellationToken);
}
