using System.Collections.Immutable;

namespace JellyBean.Runtime.Commands;

/// <summary>What became of a command.</summary>
public sealed record CommandOutcome
{
    /// <summary>The command, as in <c>pin detector cloud</c>.</summary>
    public required string Command { get; init; }

    /// <summary>Whether it was done.</summary>
    public required CommandStatus Status { get; init; }

    /// <summary>What happened, or why nothing did, and what to do.</summary>
    public required string Message { get; init; }

    /// <summary>Where a name was unknown or not allowed: those that are.</summary>
    public ImmutableArray<string> Allowed { get; init; } = [];

    /// <summary>What changes between the plans, or would: an operator each.</summary>
    public ImmutableArray<string> Changes { get; init; } = [];

    /// <summary>What the new plan does not do of what was asked of the workflow.</summary>
    public ImmutableArray<string> Shortfalls { get; init; } = [];

    /// <summary>The number of the plan in force after it; 0 where nothing runs.</summary>
    public long Epoch { get; init; }

    /// <summary>What the plan before costs per hour; null where there was none.</summary>
    public double? CostBefore { get; init; }

    /// <summary>What the plan after it costs per hour; null where there is none.</summary>
    public double? CostAfter { get; init; }

    /// <summary>What outputs are expected to give before and after it, where a plan was in force before and one is, or would be, after.</summary>
    public ImmutableArray<OutputChange> Outputs { get; init; } = [];

    /// <summary>What has become much worse, or would: half as dear again, a tenth less accurate, twice as late, or more. One line; null where nothing has.</summary>
    public string? Warning => MuchWorse.Of(this);

    /// <summary>What costs are in.</summary>
    public string Currency { get; init; } = "USD";

    /// <inheritdoc />
    public bool Equals(CommandOutcome? other) => other is not null
        && (Command, Status, Message, Epoch, CostBefore, CostAfter, Currency) == (other.Command, other.Status, other.Message, other.Epoch, other.CostBefore, other.CostAfter, other.Currency)
        && Allowed.SequenceEqual(other.Allowed) && Changes.SequenceEqual(other.Changes) && Shortfalls.SequenceEqual(other.Shortfalls) && Outputs.SequenceEqual(other.Outputs);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Command, Status, Message, Epoch);
}

/// <summary>Whether a command was done.</summary>
public enum CommandStatus
{
    /// <summary>It was done, and what it asked for is in force.</summary>
    Done,

    /// <summary>It is kept, or holds already; the plan in force stays.</summary>
    Unchanged,

    /// <summary>It was only planned: nothing has changed.</summary>
    Planned,

    /// <summary>It names what is not there, or asks for what is not allowed: nothing has changed.</summary>
    Refused,

    /// <summary>No plan does it and all that was asked of the workflow: nothing has changed.</summary>
    NoPlan,

    /// <summary>It cannot be done now: nothing runs, or too many commands wait. Nothing has changed.</summary>
    NotPossible,
}
