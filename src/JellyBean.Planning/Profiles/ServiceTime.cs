using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;

namespace JellyBean.Planning.Profiles;

/// <summary>How long an operator keeps one core busy.</summary>
public sealed record ServiceTime
{
    /// <summary>The operator.</summary>
    public required OperatorId Operator { get; init; }

    /// <summary>The variant of an infer operator's model; null for other operators.</summary>
    public string? Variant { get; init; }

    /// <summary>Elements that one run takes.</summary>
    /// <value>1 or more; 1 unless set. Always 1 where there is no variant.</value>
    public int BatchSize { get; init; } = 1;

    /// <summary>The type of machine it was measured on; null for the profiled machine, from which the planner scales by a type's speed factor.</summary>
    public WorkerTypeId? WorkerType { get; init; }

    /// <summary>Mean milliseconds per run of <see cref="BatchSize"/> elements on one core that has nothing else to do.</summary>
    /// <value>0 or more; above 0 for a variant. A regroup's element is a whole group.</value>
    public required double ServiceMs { get; init; }

    /// <summary>Percentiles of the time of a run in milliseconds, by percent, as far as they are known. For tables that give nothing else.</summary>
    public ImmutableSortedDictionary<int, double> Percentiles { get; init; } = ImmutableSortedDictionary<int, double>.Empty;

    /// <summary>How the runs were distributed; null where only the mean is known.</summary>
    public ServiceDistribution? Distribution { get; init; }
}
