using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;

namespace JellyBean.Planning.Simulation;

/// <summary>What a simulated run of a plan gave. Everything is ordered as in the plan and the catalogue.</summary>
public sealed record SimulationResult
{
    /// <summary>Simulated seconds that were measured.</summary>
    public required double Seconds { get; init; }

    /// <summary>Elements that sources admitted per second.</summary>
    public required double AdmittedPerSecond { get; init; }

    /// <summary>By how many elements per second all queues together grew: near 0 where the machines keep up.</summary>
    public required double QueueGrowthPerSecond { get; init; }

    /// <summary>What outputs gave.</summary>
    public required ImmutableArray<SimulatedOutput> Outputs { get; init; }

    /// <summary>What operators did on each worker.</summary>
    public required ImmutableArray<SimulatedStage> Stages { get; init; }

    /// <summary>How busy workers were.</summary>
    public required ImmutableArray<SimulatedWorker> Workers { get; init; }

    /// <summary>How busy links were that carried anything.</summary>
    public required ImmutableArray<SimulatedLink> Links { get; init; }
}

/// <summary>What an output gave.</summary>
/// <param name="Output">The output.</param>
/// <param name="Rate">Results per second.</param>
/// <param name="Latency">Times from the admission of the last contributing element to the result.</param>
public sealed record SimulatedOutput(OperatorId Output, double Rate, LatencySummary Latency);

/// <summary>A distribution of latencies, in milliseconds; all 0 where there were none.</summary>
/// <param name="Count">How many.</param>
/// <param name="MeanMs">The mean.</param>
/// <param name="P50Ms">The median.</param>
/// <param name="P90Ms">The 90th percentile.</param>
/// <param name="P99Ms">The 99th percentile.</param>
/// <param name="MaxMs">The longest.</param>
public sealed record LatencySummary(long Count, double MeanMs, double P50Ms, double P90Ms, double P99Ms, double MaxMs);

/// <summary>What an operator did on a worker.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Worker">The worker.</param>
/// <param name="Rate">Elements taken per second.</param>
/// <param name="BusyCores">Cores that it kept busy, on average.</param>
/// <param name="MeanBatch">Elements in a run, on average; 0 where there was no run.</param>
/// <param name="MeanInside">Elements that waited or were worked on, on average over time.</param>
/// <param name="MeanStayMs">Time that an element waited and was worked on, on average over elements.</param>
/// <param name="MostWaiting">The longest queue.</param>
public sealed record SimulatedStage(
    OperatorId Operator, WorkerId Worker, double Rate, double BusyCores, double MeanBatch, double MeanInside, double MeanStayMs, int MostWaiting);

/// <summary>How busy a worker was.</summary>
/// <param name="Worker">The worker.</param>
/// <param name="Utilisation">Part of its cores that were busy, on average.</param>
public sealed record SimulatedWorker(WorkerId Worker, double Utilisation);

/// <summary>How busy a link was.</summary>
/// <param name="From">The tier that sends.</param>
/// <param name="To">The tier that receives.</param>
/// <param name="BytesPerSecond">Bytes that it carried per second.</param>
/// <param name="Utilisation">Part of the time that it was sending.</param>
public sealed record SimulatedLink(Tier From, Tier To, double BytesPerSecond, double Utilisation);
