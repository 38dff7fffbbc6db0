namespace JellyBean.Workflows.Outputs;

/// <summary>What must hold for an output.</summary>
public sealed record Objectives
{
    /// <summary>Nothing is asked but the results.</summary>
    public static Objectives None { get; } = new();

    /// <summary>The least accuracy, by a named metric.</summary>
    public AccuracyFloor? Accuracy { get; init; }

    /// <summary>The 99th percentile of the time from a source's admission of an element to the result at the sink.</summary>
    public TimeSpan? P99 { get; init; }
}

/// <summary>The least accuracy that an output accepts.</summary>
/// <param name="Metric">The metric's name as profiles carry it, as in <c>ap50</c>, <c>mota</c>, <c>idf1</c>.</param>
/// <param name="Least">In the metric's own unit, usually a fraction from 0 to 1.</param>
public sealed record AccuracyFloor(string Metric, double Least);
