using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;

namespace JellyBean.Runtime;

/// <summary>A workflow that a cluster knows: some of its nodes have built it.</summary>
public sealed record WorkflowStatus
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Tells it, its code and its element types apart from every other, also from another version of itself.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>What its run does, as in <see cref="ClusterStatus.Phase"/>; where nothing runs, "finished" or "failed" once something has.</summary>
    public required string Phase { get; init; }

    /// <summary>The number of its plan in force; 0 where there is none. Workflows count for themselves.</summary>
    public long Epoch { get; init; }

    /// <summary>What its plan costs for an hour; null where there is none. A machine that several workflows use is in the cost of the one that has used it the longest, so that costs add up to what is paid.</summary>
    public double? CostPerHour { get; init; }

    /// <summary>What that is in.</summary>
    public string Currency { get; init; } = "";

    /// <summary>The nodes that have built it and are there, by name.</summary>
    public ImmutableArray<WorkerId> Nodes { get; init; } = [];

    // As much of a fingerprint as tells versions apart to the eye.
    private const int ShownFingerprint = 8;

    /// <summary>Its name with the beginning of its fingerprint, as in <c>tracking@1a2b3c4d</c>: what commands take for one of several versions.</summary>
    internal string Version => $"{Name}@{Fingerprint[..Math.Min(Fingerprint.Length, ShownFingerprint)]}";

    /// <summary>Its name, where no other of those has it.</summary>
    internal string Among(IEnumerable<WorkflowStatus> workflows) => workflows.Count(w => w.Name == Name) == 1 ? Name : Version;

    /// <inheritdoc />
    public bool Equals(WorkflowStatus? other) => other is not null
        && (Name, Fingerprint, Phase, Epoch, CostPerHour, Currency) == (other.Name, other.Fingerprint, other.Phase, other.Epoch, other.CostPerHour, other.Currency) && Nodes.SequenceEqual(other.Nodes);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Fingerprint, Phase, Epoch);
}
