using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;

namespace JellyBean.Runtime;

/// <summary>A plan that is on its way to take the place of the one in force, while elements flow.</summary>
public sealed record TransitionStatus
{
    /// <summary>The epoch that goes on if the transition is given up.</summary>
    public required long From { get; init; }

    /// <summary>The epoch that is to be in force.</summary>
    public required long To { get; init; }

    /// <summary>
    /// How far it is: <c>preparing</c> (nodes load and open beside what runs; giving up costs nothing), <c>cutting</c> (it is being written down that there is only forward),
    /// <c>taking-over</c> (sources switch, fragments drain and hand over).
    /// </summary>
    public required string Step { get; init; }

    /// <summary>Why, as a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>Since the step began, as far as this coordinator knows.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The nodes that have not said that they are done with the step, by name; none while it is written down.</summary>
    public ImmutableArray<WorkerId> Awaited { get; init; } = [];
}
