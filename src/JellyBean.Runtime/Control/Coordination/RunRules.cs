namespace JellyBean.Runtime.Control.Coordination;

/// <summary>What a coordinator knows from the beginning.</summary>
/// <param name="Fingerprint">Of the workflow that every node must have built.</param>
/// <param name="Options">How long it waits for what.</param>
internal sealed record RunRules(string Fingerprint, LocalClusterOptions Options)
{
    /// <summary>After how long without an answer something is sent again.</summary>
    public TimeSpan ResendAfter { get; init; } = TimeSpan.FromSeconds(1);
}
