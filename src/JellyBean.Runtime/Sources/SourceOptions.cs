using JellyBean.Workflows.Inputs;

namespace JellyBean.Runtime.Sources;

/// <summary>How a source is read.</summary>
internal sealed record SourceOptions
{
    /// <summary>What happens when the workflow is slower than the source.</summary>
    public Overload Overload { get; init; } = Overload.Block;

    /// <summary>How far its event times may run backwards.</summary>
    public TimeSpan AllowedLateness { get; init; }

    /// <summary>After how long without an element a live source stops holding back event time.</summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The first number to read.</summary>
    public long From { get; init; }

    /// <summary>The plan in force.</summary>
    public long Epoch { get; init; }
}
