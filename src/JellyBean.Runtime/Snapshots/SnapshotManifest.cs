using System.Collections.Immutable;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Snapshots;

/// <summary>Says that a snapshot is complete: every part of it is stored, on two nodes where there are two, and every sink has pre-committed.</summary>
internal sealed record SnapshotManifest
{
    public required long Snapshot { get; init; }

    /// <summary>The plan under which it was taken.</summary>
    public required long Epoch { get; init; }

    public required string Workflow { get; init; }

    public required string Fingerprint { get; init; }

    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>The sources that were read.</summary>
    public required ImmutableArray<SourceId> Sources { get; init; }

    /// <summary>Its parts, one for each worker.</summary>
    public required ImmutableArray<SnapshotReceipt> Parts { get; init; }

    /// <summary>That of a snapshot that was taken under a plan.</summary>
    public static SnapshotManifest Of(Plan plan, long snapshot, ImmutableArray<SnapshotReceipt> parts, DateTimeOffset now) => new()
    {
        Snapshot = snapshot,
        Epoch = plan.Epoch,
        Workflow = plan.Workflow,
        Fingerprint = plan.WorkflowFingerprint,
        TakenAt = now,
        Sources = [.. plan.Sources.Select(s => s.Source).Order()],
        Parts = parts,
    };
}
