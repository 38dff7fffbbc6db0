using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;

namespace JellyBean.Runtime.Snapshots;

/// <summary>What one worker's fragment has stored in a snapshot.</summary>
/// <param name="Snapshot">The snapshot's number.</param>
/// <param name="Epoch">The plan in force.</param>
/// <param name="Worker">Whose it is.</param>
/// <param name="Pieces">The states of its stages, by owner.</param>
internal sealed record SnapshotPart(long Snapshot, long Epoch, WorkerId Worker, ImmutableArray<StatePiece> Pieces);
