using JellyBean.Planning.Infrastructure;

namespace JellyBean.Runtime.Snapshots;

/// <summary>Says that a worker's part of a snapshot is stored.</summary>
/// <param name="Snapshot">The snapshot's number.</param>
/// <param name="Worker">Whose part it is, and who has it first of all.</param>
/// <param name="Bytes">Its size as stored.</param>
/// <param name="Checksum">Of those bytes: a part of another epoch with the same number is not taken for this one.</param>
internal sealed record SnapshotReceipt(long Snapshot, WorkerId Worker, long Bytes, ulong Checksum)
{
    /// <summary>The other node that has it; null where there is no other.</summary>
    public WorkerId? Copy { get; init; }
}
