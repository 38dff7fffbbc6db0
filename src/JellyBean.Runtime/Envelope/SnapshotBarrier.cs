namespace JellyBean.Runtime.Envelope;

/// <summary>The place of a snapshot in the stream: what comes before it is in the snapshot, what comes after it is not. Immutable, so that routes may share it.</summary>
/// <remarks>Sources put it behind the frontier of their last element. Like a frontier, it needs no credit.</remarks>
/// <param name="snapshot">The number of the snapshot, from 1; a workflow's numbers only grow, over epochs too.</param>
internal sealed class SnapshotBarrier(long snapshot) : Item
{
    public long Snapshot { get; } = snapshot;
}
