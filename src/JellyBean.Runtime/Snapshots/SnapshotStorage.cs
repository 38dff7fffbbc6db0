namespace JellyBean.Runtime.Snapshots;

/// <summary>What a node takes and restores snapshots with.</summary>
/// <param name="Store">Where they are kept.</param>
/// <param name="Codec">Writes the values of elements that wait in joins, windows and merges.</param>
internal sealed record SnapshotStorage(ISnapshotStore Store, IValueCodec Codec);
