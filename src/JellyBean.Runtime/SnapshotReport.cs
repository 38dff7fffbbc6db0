namespace JellyBean.Runtime;

/// <summary>What became of a run's snapshots.</summary>
/// <param name="Last">The number of the last one that is complete; 0 before the first.</param>
/// <param name="Bytes">Its size, over all workers.</param>
/// <param name="Took">From the first node that was asked to its manifest on the disk.</param>
/// <param name="GivenUp">How many were begun and did not become complete.</param>
public sealed record SnapshotReport(long Last, long Bytes, TimeSpan Took, long GivenUp);
