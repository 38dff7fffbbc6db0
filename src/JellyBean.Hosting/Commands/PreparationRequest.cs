using JellyBean.Hosting.Configuration;
using JellyBean.Hosting.Truths;

namespace JellyBean.Hosting.Commands;

/// <summary>What the command line asks for, up to a plan.</summary>
internal sealed record PreparationRequest
{
    public ConfigurationRequest Configuration { get; init; } = new();

    /// <summary>Brings missing model files rather than refusing.</summary>
    public bool Restore { get; init; }

    /// <summary>What the results are held against; null if nothing.</summary>
    public RunTruth? Truth { get; init; }

    /// <summary>Whether sources give their elements at the planned rate, rather than as fast as they are taken.</summary>
    public bool IsPaced { get; init; }

    /// <summary>Measures even if it was measured before.</summary>
    public bool Recalibrate { get; init; }
}
