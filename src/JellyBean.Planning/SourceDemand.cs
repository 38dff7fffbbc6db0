using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;

namespace JellyBean.Planning;

/// <summary>How much a source offers, and what it is attached to.</summary>
public sealed record SourceDemand
{
    /// <summary>The source.</summary>
    public required SourceId Source { get; init; }

    /// <summary>The input that it feeds.</summary>
    public required OperatorId Input { get; init; }

    /// <summary>Elements per second.</summary>
    /// <value>Above 0. For a file that is read as fast as it goes, the rate that it was recorded at.</value>
    public required double Rate { get; init; }

    /// <summary>The tier that it is attached to.</summary>
    public required Tier Tier { get; init; }

    /// <summary>The worker that it is attached to; null where any of the tier's workers can read it.</summary>
    public WorkerId? Worker { get; init; }
}
