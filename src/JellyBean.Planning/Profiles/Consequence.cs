using JellyBean.Workflows;

namespace JellyBean.Planning.Profiles;

/// <summary>What follows from a variant: how an operator behind its model works, and what it sends on, while that variant answers. A detector that finds less leaves less to do.</summary>
/// <remarks>A plan allows for the variant that the other rows were measured with, of those that are quick enough to measure the one that finds most; a run is held against those that it ran.</remarks>
public sealed record Consequence
{
    /// <summary>The variant that answers.</summary>
    public required VariantChoice Of { get; init; }

    /// <summary>The operator behind it. Models between the two answered as they did for the other rows.</summary>
    public required OperatorId Operator { get; init; }

    /// <inheritdoc cref="ServiceTime.ServiceMs" />
    public required double ServiceMs { get; init; }

    /// <inheritdoc cref="OutputProfile.ResultsPerElement" />
    public required double ResultsPerElement { get; init; }

    /// <inheritdoc cref="OutputProfile.MessageBytes" />
    public required double MessageBytes { get; init; }

    /// <inheritdoc cref="OutputProfile.KeptBytes" />
    public double KeptBytes { get; init; }
}
