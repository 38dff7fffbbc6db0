using JellyBean.Workflows;

namespace JellyBean.Planning.Plans;

/// <summary>What an output is expected to give under a plan.</summary>
public sealed record OutputPrediction
{
    /// <summary>The output.</summary>
    public required OperatorId Output { get; init; }

    /// <summary>Results per second.</summary>
    public required double Rate { get; init; }

    /// <summary>
    /// The time from admission to result that at most one result of 100 takes longer than, in milliseconds: a bound for elements that come as unevenly as planned for. Infinity where a machine
    /// on the way is busy nearly all the time. Joins and windows wait for event time, which is in it; how long a window lasts is not.
    /// </summary>
    public required double P99Ms { get; init; }

    /// <summary>The p99 that its objective allows, in milliseconds; null where it names none.</summary>
    public double? MostP99Ms { get; init; }

    /// <summary>The metric that its objective names; null where it names none.</summary>
    public string? Metric { get; init; }

    /// <summary>The metric's measured value for the plan's variants; null where the objective names none.</summary>
    public double? Accuracy { get; init; }
}
