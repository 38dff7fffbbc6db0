using JellyBean.Hosting.Configuration;

namespace JellyBean.Hosting.Commands;

/// <summary>What the command line asks for, up to a plan.</summary>
internal sealed record PreparationRequest
{
    public ConfigurationRequest Configuration { get; init; } = new();

    /// <summary>Brings missing model files rather than refusing.</summary>
    public bool Restore { get; init; }

    /// <summary>Measures even if it was measured before.</summary>
    public bool Recalibrate { get; init; }
}
