using System.Collections.Immutable;

namespace JellyBean.Runtime.Commands;

/// <summary>One decision about the plan in force: what led to it, what was weighed, what came of it.</summary>
public sealed record Decision
{
    /// <summary>Counts the decisions of one coordinator.</summary>
    public required long Number { get; init; }

    /// <summary>When it began, by the coordinator's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What led to it: a command, a node that was lost, a measurement.</summary>
    public required string Trigger { get; init; }

    /// <summary>What came of it; <c>…</c> while it goes on.</summary>
    public required string Result { get; init; }

    /// <summary>The plan in force before; 0 for none.</summary>
    public long EpochBefore { get; init; }

    /// <summary>The plan in force after it; 0 for none.</summary>
    public long EpochAfter { get; init; }

    /// <summary>What the plan before costs per hour; null where there was none.</summary>
    public double? CostBefore { get; init; }

    /// <summary>What the plan after it costs per hour; null where there is none.</summary>
    public double? CostAfter { get; init; }

    /// <summary>What costs are in.</summary>
    public string Currency { get; init; } = "USD";

    /// <summary>What was measured when it began.</summary>
    public ImmutableArray<Measurement> Measurements { get; init; } = [];

    /// <summary>The plans that were weighed, as far as they are told.</summary>
    public ImmutableArray<Candidate> Candidates { get; init; } = [];

    /// <summary>What was done, in order, and how long each took.</summary>
    public ImmutableArray<DecisionStep> Steps { get; init; } = [];

    /// <summary>Elements that were held while stages moved; null where none were, or where nothing moved while elements flowed.</summary>
    public long? ElementsHeld { get; init; }

    /// <summary>How long it took so far.</summary>
    public TimeSpan Duration => Steps.Aggregate(TimeSpan.Zero, (sum, step) => sum + step.Duration);

    /// <inheritdoc />
    public bool Equals(Decision? other) => other is not null
        && (Number, At, Trigger, Result, EpochBefore, EpochAfter) == (other.Number, other.At, other.Trigger, other.Result, other.EpochBefore, other.EpochAfter)
        && (CostBefore, CostAfter, Currency, ElementsHeld) == (other.CostBefore, other.CostAfter, other.Currency, other.ElementsHeld)
        && Measurements.SequenceEqual(other.Measurements) && Candidates.SequenceEqual(other.Candidates) && Steps.SequenceEqual(other.Steps);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Number, At, Trigger, Result);
}

/// <summary>Something that was measured.</summary>
/// <param name="Name">Of what, as in <c>cameras/gate in</c>.</param>
/// <param name="Value">How much.</param>
/// <param name="Unit">As in <c>elements</c>, <c>ms</c>.</param>
public sealed record Measurement(string Name, double Value, string Unit);

/// <summary>A plan that was weighed.</summary>
/// <param name="Name">Which.</param>
/// <param name="CostPerHour">What it costs; null where it is not known.</param>
/// <param name="Verdict">What was said of it.</param>
public sealed record Candidate(string Name, double? CostPerHour, string Verdict);

/// <summary>Something that was done.</summary>
/// <param name="Name">As in <c>planning</c>, <c>deploying</c>.</param>
/// <param name="Duration">How long it took.</param>
public sealed record DecisionStep(string Name, TimeSpan Duration);
