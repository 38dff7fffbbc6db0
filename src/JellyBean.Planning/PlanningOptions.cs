using JellyBean.Workflows;

namespace JellyBean.Planning;

/// <summary>What the planner may do, and how long it may take.</summary>
public sealed record PlanningOptions
{
    /// <summary>Most of a worker's cores, and of a shared host's, that may be busy on average.</summary>
    /// <value>Above 0 to 1; 0.8 unless set. Higher values cost less and leave less for bursts.</value>
    public double UtilisationCap { get; init; } = 0.8;

    /// <summary>Whether operators that remember nothing may be spread over several workers.</summary>
    /// <value>True unless set.</value>
    public bool AllowSplits { get; init; } = true;

    /// <summary>Whether accuracies that were worked out rather than measured count.</summary>
    /// <value>False unless set.</value>
    public bool AllowEstimated { get; init; }

    /// <summary>The tier for every operator that is not pinned; null where the planner chooses. For comparisons such as all-edge and all-cloud.</summary>
    public Tier? OnlyTier { get; init; }

    /// <summary>How long the search may take; then the best plan found stands, with its gap.</summary>
    /// <value>10 seconds unless set.</value>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(10);
}
