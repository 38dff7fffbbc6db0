namespace JellyBean.Hosting.Provisioning;

/// <summary>How on-demand workers are started and stopped.</summary>
internal sealed record ProvisioningOptions
{
    /// <summary>The program that starts, stops and lists workers; null to start processes on this machine.</summary>
    public string? Script { get; init; }

    /// <summary>How long starting, stopping or listing may take.</summary>
    /// <value>30 seconds unless set.</value>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a plan waits for workers to join; then another one is made without those that have not.</summary>
    /// <value>60 seconds unless set.</value>
    public TimeSpan JoinDeadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a worker may be without work before it is given back.</summary>
    /// <value>2 minutes unless set: machines are often paid by the minute, and starting one takes some.</value>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long to wait after a first failure; twice as long after each further one.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait after a failure.</summary>
    public TimeSpan LastPause { get; init; } = TimeSpan.FromMinutes(1);
}
