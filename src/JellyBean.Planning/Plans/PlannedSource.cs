using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;

namespace JellyBean.Planning.Plans;

/// <summary>Where a source sits.</summary>
public sealed record PlannedSource
{
    /// <summary>The source.</summary>
    public required SourceId Source { get; init; }

    /// <summary>The input that it feeds.</summary>
    public required OperatorId Input { get; init; }

    /// <summary>The worker that reads it.</summary>
    public required WorkerId Worker { get; init; }

    /// <summary>Elements per second that it was planned for.</summary>
    public required double Rate { get; init; }
}
