namespace JellyBean.Hosting.Commands;

/// <summary>What <c>plan</c> was asked.</summary>
internal sealed record PlanRequest
{
    public PreparationRequest Preparation { get; init; } = new();

    public PlanFormat Format { get; init; }

    /// <summary>Shows the plan without why it is as it is.</summary>
    public bool Brief { get; init; }

    /// <summary>Changes to what is configured, as in <c>rate=2x,worker.gpu-1=down</c>; null for none.</summary>
    public string? WhatIf { get; init; }

    /// <summary>Shows what accuracy costs in place of one plan.</summary>
    public bool Front { get; init; }

    /// <summary>Where pictures of the front go, without an ending; null for none.</summary>
    public string? Plot { get; init; }

    /// <summary>A CSV file of cells to plan one by one; null to plan once.</summary>
    public string? Batch { get; init; }
}

internal enum PlanFormat
{
    Text,
    Json,
    Dot,
    Svg,
}
