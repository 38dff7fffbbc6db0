using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Replanning;
using JellyBean.Runtime.Control.Journals;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>How far a plan is in taking the place of the one in force.</summary>
internal enum TransitionStep
{
    /// <summary>Nodes compile, load and open beside what runs: giving up costs nothing.</summary>
    Preparing,

    /// <summary>That it is in force is being written to the journal. From here on there is only forward.</summary>
    Cutting,

    /// <summary>Sources end with a switch, fragments drain and hand over.</summary>
    TakingOver,
}

/// <summary>A plan that takes the place of the one in force while elements flow.</summary>
internal sealed record Transition
{
    /// <summary>The plan, with its epoch.</summary>
    public required Plan Plan { get; init; }

    /// <summary>What is sent to the nodes.</summary>
    public required string PlanText { get; init; }

    /// <summary>The plan before.</summary>
    public required string FormerText { get; init; }

    /// <summary>Its epoch.</summary>
    public required long FormerEpoch { get; init; }

    /// <summary>What the plan does not do of what was asked.</summary>
    public ImmutableArray<string> Shortfalls { get; init; } = [];

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>Whether the plan in force cannot stay: if this one cannot take its place while elements flow, it does from the last snapshot.</summary>
    public bool IsUrgent { get; init; }

    public TransitionStep Step { get; init; }

    /// <summary>The nodes of either plan.</summary>
    public required ImmutableSortedSet<WorkerId> Workers { get; init; }

    /// <summary>Those that have not said that they are done with the step.</summary>
    public required ImmutableSortedSet<WorkerId> Awaited { get; init; }

    /// <summary>When preparing began.</summary>
    public required TimeSpan BeganAt { get; init; }

    /// <summary>When the cut was recorded.</summary>
    public TimeSpan CutAt { get; init; }

    /// <summary>When the step began.</summary>
    public required TimeSpan Since { get; init; }

    public long Epoch => Plan.Epoch;
}

/// <summary>A plan that is to take the place of the one in force.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Reason">Why, as a sentence.</param>
/// <param name="Shortfalls">What it does not do of what was asked.</param>
/// <param name="IsUrgent">Whether the plan in force cannot stay.</param>
internal sealed record WantedPlan(Plan Plan, string Reason, ImmutableArray<string> Shortfalls, bool IsUrgent);

/// <summary>Another plan is being made while the one in force goes on.</summary>
/// <param name="Reason">Why, as a sentence.</param>
/// <param name="IsUrgent">Whether the plan in force cannot stay; otherwise only a better one takes its place.</param>
internal sealed record Wish(string Reason, bool IsUrgent)
{
    /// <summary>The question to the planner; 0 where it must be asked again, because its answer came when it could not be used.</summary>
    public long Asked { get; init; }

    /// <summary>The plan in force when it was asked: an answer is stale once that, or what people have decided, is another. Its age does not matter.</summary>
    public long Epoch { get; init; }

    /// <inheritdoc cref="Epoch" />
    public Orders Orders { get; init; } = Orders.None;

    /// <summary>What is measured, where it is asked whether another plan is worth moving to.</summary>
    public ReplanQuestion? Replan { get; init; }

    /// <summary>Whether its answer is still about what is so.</summary>
    public bool IsAbout(Run run, Orders orders) => Epoch == run.Epoch && Orders.IsSame(orders);
}
