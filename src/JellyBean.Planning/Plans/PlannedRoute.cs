using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;

namespace JellyBean.Planning.Plans;

/// <summary>Elements that go from an operator's part on one worker to the next operator's part on one worker.</summary>
/// <remarks>The routes from one part, taken by rate, say how its elements are divided. What an expand operator keeps takes the way of its parts.</remarks>
public sealed record PlannedRoute
{
    /// <summary>The operator that sends.</summary>
    public required OperatorId From { get; init; }

    /// <summary>The operator that receives.</summary>
    public required OperatorId To { get; init; }

    /// <summary>Which of the receiver's inputs it is, from 0.</summary>
    public int InputIndex { get; init; }

    /// <summary>The worker that sends.</summary>
    public required WorkerId FromWorker { get; init; }

    /// <summary>The worker that receives; it may be the same.</summary>
    public required WorkerId ToWorker { get; init; }

    /// <summary>Elements per second; between expand and regroup, parts per second.</summary>
    public required double Rate { get; init; }

    /// <summary>Bytes per second as sent, with what an expand operator keeps.</summary>
    public required double BytesPerSecond { get; init; }
}
