using System.Collections.Immutable;
using JellyBean.Hosting.Control;
using JellyBean.Hosting.Provisioning;
using JellyBean.Planning;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime;
using JellyBean.Runtime.Calibration;
using JellyBean.Runtime.Links;
using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Hosting.Configuration;

/// <summary>Everything that is configured, checked.</summary>
internal sealed record HostConfiguration
{
    public required ImmutableArray<SourceConfiguration> Sources { get; init; }

    public required InfrastructureCatalogue Catalogue { get; init; }

    /// <summary>Objectives in place of the workflow's own.</summary>
    public required ImmutableSortedDictionary<OperatorId, Objectives> Objectives { get; init; }

    public required PlanningOptions Planning { get; init; }

    /// <summary>The percentile of measured times to plan with; null for their means.</summary>
    public int? Percentile { get; init; }

    public required CalibrationOptions Calibration { get; init; }

    /// <summary>How patiently nodes wait for each other, and how they follow what arrives.</summary>
    public required LocalClusterOptions Cluster { get; init; }

    /// <summary>How much links hold and how patient they are.</summary>
    public LinkOptions Links { get; init; } = new();

    /// <summary>How often a run stores what it holds, and where; null where it does not.</summary>
    public SnapshotOptions? Snapshots { get; init; }

    /// <summary>Whether the folder for snapshots was configured: nodes of a cluster may share one, and have their own otherwise.</summary>
    public bool HasSnapshotFolder { get; init; }

    /// <summary>This process as a node.</summary>
    public required NodeConfiguration Node { get; init; }

    /// <summary>How it serves commands by HTTP should it coordinate; null where it does not.</summary>
    public ControlHttpOptions? Http { get; init; }

    /// <summary>How on-demand workers are started and stopped; null where they are not.</summary>
    public ProvisioningOptions? Provisioning { get; init; }

    /// <summary>A profile to plan with; null to measure, or take what was measured before.</summary>
    public string? ProfileFile { get; init; }

    /// <summary>The folder for what a run writes.</summary>
    public required string OutputFolder { get; init; }
}
