using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;

namespace JellyBean.Runtime;

/// <summary>What a node is: the worker of the catalogue that it serves as.</summary>
public sealed record NodeDescription
{
    /// <summary>The worker's name in the catalogue.</summary>
    public required WorkerId Worker { get; init; }

    /// <summary>The tier that it stands in, which is a role in the cluster; null for a node that only coordinates.</summary>
    public required Tier? Tier { get; init; }

    /// <summary>Other tiers that it serves, too, with the same cores and memory.</summary>
    /// <value>None unless set.</value>
    public ImmutableArray<Tier> AlsoServes { get; init; } = [];

    /// <summary>The kind of machine that it is in the catalogue; null to find it there by the worker's name.</summary>
    public WorkerTypeId? Type { get; init; }

    /// <summary>Cores it may use.</summary>
    public required double Cores { get; init; }

    /// <summary>Memory it may use, bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Accelerators that models can really use on it.</summary>
    /// <value>0 unless set.</value>
    public int Accelerators { get; init; }

    /// <summary>Tells apart what was measured on which machine; null where nothing was measured.</summary>
    public string? ProfileFingerprint { get; init; }

    /// <summary>Speed of the emulated machine as a fraction of this one's.</summary>
    /// <value>Above 0, at most 1; 1 unless set. Below 1 the node adds delay to every batch and labels its figures as emulated.</value>
    public double Speed { get; init; } = 1;

    /// <summary>Where it serves commands by HTTP while it coordinates, as in <c>https://10.0.0.1:8443</c>; null where it does not.</summary>
    public string? ControlUrl { get; init; }

    /// <summary>Whether it may lead: the oldest reachable such node coordinates.</summary>
    public bool IsCoordinator { get; init; }

    /// <summary>Whether it makes the plans of its workflow where a program that has not built it coordinates.</summary>
    public bool IsPlanner { get; init; }

    /// <summary>Its roles: the tier that it stands in, the others that it serves, coordinator, planner.</summary>
    public IEnumerable<string> Roles
    {
        get
        {
            foreach (var tier in Tiers)
            {
                yield return tier.Name;
            }

            if (IsCoordinator)
            {
                yield return "coordinator";
            }

            if (IsPlanner)
            {
                yield return "planner";
            }
        }
    }

    /// <summary>The tiers that it serves, the one that it stands in first.</summary>
    internal IEnumerable<Tier> Tiers => Tier is { } tier ? AlsoServes.Prepend(tier) : [];

    /// <inheritdoc />
    public bool Equals(NodeDescription? other) => other is not null
        && (Worker, Tier, Type, Cores, MemoryBytes, Accelerators) == (other.Worker, other.Tier, other.Type, other.Cores, other.MemoryBytes, other.Accelerators)
        && (ProfileFingerprint, Speed, ControlUrl, IsCoordinator, IsPlanner) == (other.ProfileFingerprint, other.Speed, other.ControlUrl, other.IsCoordinator, other.IsPlanner)
        && AlsoServes.SequenceEqual(other.AlsoServes);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Worker, Tier, Type, Cores, MemoryBytes, IsCoordinator);
}
