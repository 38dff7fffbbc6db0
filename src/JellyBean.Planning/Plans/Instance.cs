using JellyBean.Planning.Infrastructure;

namespace JellyBean.Planning.Plans;

/// <summary>An operator's part on one worker.</summary>
public sealed record Instance
{
    /// <summary>The worker.</summary>
    public required WorkerId Worker { get; init; }

    /// <summary>How many run side by side on the worker, each on one core at a time and with its own copy of variant and state.</summary>
    /// <value>1 or more; 1 unless set. Where an operator is spread by key, keys are divided among them.</value>
    public int Parallelism { get; init; } = 1;

    /// <summary>The part of the operator's elements that this worker takes.</summary>
    /// <value>Above 0 to 1; the shares of an operator sum to 1.</value>
    public double Share { get; init; } = 1;
}
