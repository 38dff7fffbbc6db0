using System.Collections.Immutable;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Configuration;

/// <summary>Which configuration the command line asks for.</summary>
internal sealed record ConfigurationRequest
{
    /// <summary>Files, the later over the earlier; the program's own where there is none.</summary>
    public ImmutableArray<string> Files { get; init; } = [];

    /// <summary>Single keys over the files, as <c>key=value</c>.</summary>
    public ImmutableArray<string> Sets { get; init; } = [];

    /// <summary>A catalogue's file or name, in place of the configured one.</summary>
    public string? Catalogue { get; init; }

    /// <summary>A floor for accuracy, <c>[METRIC=]X</c>.</summary>
    public string? Accuracy { get; init; }

    /// <summary>Rates to plan for, <c>[SOURCE=]X</c> each.</summary>
    public ImmutableArray<string> Rates { get; init; } = [];

    /// <summary>A planning mode's name.</summary>
    public string? Mode { get; init; }

    /// <summary>The most that workers may be busy, as a number.</summary>
    public string? Utilisation { get; init; }

    /// <summary>The percentile of measured times to plan with, as a number.</summary>
    public string? Percentile { get; init; }

    /// <summary>Tiers in which any one machine may fail, in place of the configured ones.</summary>
    public ImmutableArray<string> Spares { get; init; } = [];

    /// <summary>The folder for what a run writes.</summary>
    public string? Output { get; init; }

    /// <summary>What this process is as a node, and which cluster it asks.</summary>
    public NodeRequest Node { get; init; } = new();

    /// <summary>Whether sources must be configured: not for who only asks a cluster.</summary>
    public bool NeedsSources { get; init; } = true;

    /// <summary>A profile's file.</summary>
    public string? Profile { get; init; }

    /// <summary>Sources in place of the configured ones, <c>NAME=URI</c> each, by input.</summary>
    public ImmutableSortedDictionary<OperatorId, ImmutableArray<string>> Sources { get; init; } = ImmutableSortedDictionary<OperatorId, ImmutableArray<string>>.Empty;
}
