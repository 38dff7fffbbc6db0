namespace JellyBean.Workflows.Inputs;

/// <summary>A place where elements enter a workflow. Which sources feed it is configuration, not code.</summary>
/// <typeparam name="T">What an element carries.</typeparam>
/// <param name="name">Stable: configuration, profiles and plans refer to it.</param>
public sealed class Input<T>(string name)
    where T : notnull
{
    /// <summary>The input's name.</summary>
    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));

    /// <summary>The tier its sources are attached to.</summary>
    /// <value><see cref="Workflows.Tier.Edge"/> unless set.</value>
    public Tier Tier { get; init; } = Tier.Edge;

    /// <summary>What its sources do under overload, unless a source's configuration says otherwise.</summary>
    /// <value><see cref="Inputs.Overload.Block"/> unless set.</value>
    public Overload Overload { get; init; } = Overload.Block;

    /// <summary>How far event times of one source may run backwards before an element counts as late.</summary>
    /// <value>Zero unless set. Larger values delay joins and windows by as much.</value>
    public TimeSpan AllowedLateness { get; init; }

    /// <summary>After how long without an element a live source stops holding back joins and windows that wait for its event time.</summary>
    /// <value>2 seconds unless set. Replayable sources never count as idle, so that their results do not depend on speed.</value>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromSeconds(2);
}
