namespace JellyBean.Runtime.Envelope;

/// <summary>The place of a snapshot in the stream: what comes before it is in the snapshot, what comes after it is not. Immutable, so that routes may share it.</summary>
/// <remarks>
/// Sources put it behind the frontier of their last element. Like a frontier, it needs no credit.
/// The last one that may come is the switch: behind it nothing follows under this plan, and stages hand what they hold to those of the next plan.
/// </remarks>
/// <param name="snapshot">The number of the snapshot, from 1; a workflow's numbers only grow, over epochs too.</param>
internal sealed class SnapshotBarrier(long snapshot) : Item
{
    /// <summary>The number of the switch: above all snapshots, so that it ends the wait for any of them.</summary>
    public const long Switch = long.MaxValue;

    public long Snapshot { get; } = snapshot;

    /// <summary>Whether nothing follows under this plan.</summary>
    public bool IsSwitch => Snapshot == Switch;
}
