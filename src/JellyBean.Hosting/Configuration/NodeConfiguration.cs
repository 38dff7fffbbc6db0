using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Configuration;

/// <summary>What is configured of this process as a node.</summary>
internal sealed record NodeConfiguration
{
    /// <summary>The worker that it serves as; null where it is not said.</summary>
    public WorkerId? Name { get; init; }

    /// <summary>The tiers that it serves; empty for a node that only coordinates.</summary>
    public ImmutableArray<Tier> Tiers { get; init; } = [];

    public bool IsCoordinator { get; init; }

    /// <summary>Whether it makes the plans of its workflow in a cluster that another program coordinates.</summary>
    public bool IsPlanner { get; init; }

    /// <summary>Whether it joins a cluster whose coordinator has built something else.</summary>
    public bool IsBeside { get; init; }

    /// <summary>The kind of machine that it is; null to find it in the catalogue.</summary>
    public WorkerTypeId? Type { get; init; }

    public ImmutableArray<NodeAddress> Join { get; init; } = [];

    public NodeAddress? Listen { get; init; }

    public string? Advertise { get; init; }

    /// <summary>How many nodes of the cluster may coordinate.</summary>
    public int Coordinators { get; init; } = 1;

    /// <summary>The folder for what the node remembers; null to forget it.</summary>
    public string? DataFolder { get; init; }

    public CertificateFiles? Certificates { get; init; }

    public bool AllowsPlaintext { get; init; }
}

/// <summary>Where a node's certificates are.</summary>
internal sealed record CertificateFiles(string Certificate, string? Key, string Authority, string? Password);
