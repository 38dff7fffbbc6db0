namespace JellyBean.Runtime.Control.Coordination;

/// <summary>What a coordinator knows from the beginning.</summary>
/// <param name="Fingerprint">Of the workflow that every node must have built.</param>
/// <param name="Options">How long it waits for what.</param>
internal sealed record RunRules(string Fingerprint, LocalClusterOptions Options)
{
    /// <summary>After how long without an answer something is sent again.</summary>
    public TimeSpan ResendAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>After how long planning is tried again where no plan fits. However long the planner takes, it is not asked again meanwhile: its answer counts as long as what it is about has not changed.</summary>
    public TimeSpan PlanAgainAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A run that is planned here survives this many failures of fragments within <see cref="FailureWindow"/>; lost nodes do not count.</summary>
    public int MostFailures { get; init; } = 3;

    /// <inheritdoc cref="MostFailures" />
    public TimeSpan FailureWindow { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What commands may name.</summary>
    public CommandNames Names { get; init; } = CommandNames.None;

    /// <summary>Commands that wait for their turn.</summary>
    public int MostWaiting { get; init; } = 8;

    /// <summary>A command that waits for its turn is forgotten once nobody has asked about it for so long.</summary>
    public TimeSpan ForgetCommandAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>When this coordinator began, by the clock on the wall: what its history tells happened so much later.</summary>
    public DateTimeOffset Began { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>Lines of a run's history that are kept.</summary>
    public int MostHistory { get; init; } = 20;
}
