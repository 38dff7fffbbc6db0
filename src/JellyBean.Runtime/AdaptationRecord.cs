using System.Collections.Immutable;
using JellyBean.Runtime.Commands;

namespace JellyBean.Runtime;

/// <summary>Something that was changed while elements flow, without another plan: what, why, and what was measured.</summary>
public sealed record AdaptationRecord
{
    /// <summary>When it was decided, since the coordinator began.</summary>
    public required TimeSpan At { get; init; }

    /// <summary>The plan in force.</summary>
    public required long Epoch { get; init; }

    /// <summary>The number of the change within the epoch; below 0 where nothing is changed, and something is only told.</summary>
    public required long Revision { get; init; }

    /// <summary>What was done.</summary>
    public required AdaptationAction Action { get; init; }

    /// <summary>The variants before.</summary>
    public required string From { get; init; }

    /// <summary>The variants after.</summary>
    public required string To { get; init; }

    /// <summary>Why, as a sentence with the figures that decided.</summary>
    public required string Reason { get; init; }

    /// <summary>What was measured.</summary>
    public required LoadMeasurement Measured { get; init; }

    /// <summary>What the variants after it can take, as a multiple of the planned rates, as corrected by what was measured.</summary>
    public required double Capacity { get; init; }

    /// <summary>What sources let in at most, as a multiple of the planned rates; null where they let in everything.</summary>
    public double? LetIn { get; init; }

    /// <summary>What has drifted, as named figures; empty where that is not what it is about.</summary>
    public ImmutableArray<Measurement> Drift { get; init; } = [];

    /// <summary>From the decision until every node had done it; null while some have not.</summary>
    public TimeSpan? Took { get; init; }

    /// <summary>What could not be done, by node; empty where all was.</summary>
    public string Problem { get; init; } = "";

    /// <inheritdoc />
    public bool Equals(AdaptationRecord? other) => other is not null
        && (At, Epoch, Revision, Action, From, To, Reason) == (other.At, other.Epoch, other.Revision, other.Action, other.From, other.To, other.Reason)
        && (Measured, Capacity, LetIn, Took, Problem) == (other.Measured, other.Capacity, other.LetIn, other.Took, other.Problem) && Drift.SequenceEqual(other.Drift);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(At, Epoch, Revision, Action);

    /// <summary>As a line of a log.</summary>
    public override string ToString() => $"{Action}: {Reason}{(From == To ? "" : $" {From} → {To}.")}{(Problem.Length > 0 ? $" {Problem}" : "")}";
}

/// <summary>What is done to follow what arrives.</summary>
public enum AdaptationAction
{
    /// <summary>Variants that may be needed soon are loaded; nothing else changes.</summary>
    Prepare,

    /// <summary>Faster, less accurate variants run.</summary>
    StepDown,

    /// <summary>More accurate variants run again.</summary>
    StepUp,

    /// <summary>Sources let in less than they offer.</summary>
    Shed,

    /// <summary>Sources let in everything again.</summary>
    LetIn,

    /// <summary>Somebody has chosen other variants, or lets them be chosen again.</summary>
    ByHand,

    /// <summary>Nothing; what is watched of a model has left what it may be, or is well within it again.</summary>
    Drift,
}

/// <summary>What was measured where something was decided.</summary>
/// <param name="Load">What sources that are followed offer, as a multiple of what was planned for: of the input where it is the most.</param>
/// <param name="Taken">What they let in, likewise.</param>
/// <param name="Backlog">What waits, as the time in which as much would arrive at the planned rates.</param>
/// <param name="Oldest">How long the oldest element waits that nobody works on.</param>
/// <param name="Busy">The part of its time that the busiest operator or machine spends on elements; 1 where it never rests.</param>
/// <param name="Bottleneck">That operator or machine.</param>
/// <param name="Blocked">The part of its time in which the most held back operator waited for what follows: then that is too slow, not the operator.</param>
public sealed record LoadMeasurement(double Load, double Taken, TimeSpan Backlog, TimeSpan Oldest, double Busy, string Bottleneck, double Blocked)
{
    /// <summary>Whether less can be let in: not where all that are followed wait.</summary>
    public bool CanShed { get; init; } = true;

    /// <summary>Whether what is watched of a model has left what it may be.</summary>
    public bool HasDrifted { get; init; }
}
