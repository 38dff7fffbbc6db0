using JellyBean.Planning.Infrastructure;

namespace JellyBean.Planning.Plans;

/// <summary>How busy a worker is expected to be under a plan.</summary>
public sealed record WorkerPrediction
{
    /// <summary>The worker.</summary>
    public required WorkerId Worker { get; init; }

    /// <summary>Part of its cores that are busy, from 0 to 1.</summary>
    public required double Utilisation { get; init; }

    /// <summary>Memory that its instances hold, in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>What the machine costs for an hour, whoever pays it; null where the plan is for one workflow alone, whose cost says it.</summary>
    public double? PricePerHour { get; init; }

    /// <summary>Whether the machine is owned, where its price is told.</summary>
    public bool IsOwned { get; init; }
}
