using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Ladders;
using JellyBean.Planning.Spares;
using JellyBean.Workflows;

namespace JellyBean.Planning.Plans;

/// <summary>The optimizer's answer: what runs where, with which variant and batch size, and what that costs. Everything is ordered by id.</summary>
/// <remarks>Plans are equal if they say the same.</remarks>
public sealed record Plan
{
    /// <summary>The number of the plan in force.</summary>
    /// <value>0 for a plan that is not in force; the coordinator numbers it when it puts it in force.</value>
    public long Epoch { get; init; }

    /// <summary>The workflow's name.</summary>
    public required string Workflow { get; init; }

    /// <summary>The fingerprint of the workflow that it was made for.</summary>
    public required string WorkflowFingerprint { get; init; }

    /// <summary>Where the sources sit.</summary>
    public required ImmutableArray<PlannedSource> Sources { get; init; }

    /// <summary>Every operator of the workflow, once.</summary>
    public required ImmutableArray<Placement> Placements { get; init; }

    /// <summary>Which way elements go, also where they stay on a worker.</summary>
    public required ImmutableArray<PlannedRoute> Routes { get; init; }

    /// <summary>What it costs.</summary>
    public required PlanCost Cost { get; init; }

    /// <summary>What each output is expected to give.</summary>
    public ImmutableArray<OutputPrediction> Outputs { get; init; } = [];

    /// <summary>How busy each worker that is used is expected to be.</summary>
    public ImmutableArray<WorkerPrediction> Workers { get; init; } = [];

    /// <summary>The variants that its machines may run while it is in force, its own among them, most accurate first. Run-time control uses no other.</summary>
    /// <value>Empty where the workflow asks no model, or where nobody worked it out: then only the plan's own variants may run.</value>
    public ImmutableArray<LadderRung> Ladder { get; init; } = [];

    /// <summary>Machines that are paid and do nothing until another fails, by id.</summary>
    public ImmutableArray<WorkerId> Standby { get; init; } = [];

    /// <summary>Where everything goes while a machine is missing, by its id: one for each kind of machine that is used in a tier that asks for a spare.</summary>
    public ImmutableArray<Fallback> Fallbacks { get; init; } = [];

    /// <summary>Where and how an operator runs.</summary>
    /// <exception cref="KeyNotFoundException">The plan does not place it.</exception>
    public Placement this[OperatorId id] => Placements.FirstOrDefault(p => p.Operator == id)
        ?? throw new KeyNotFoundException($"The plan of '{Workflow}' does not place operator '{id}'; it places {string.Join(", ", Placements.Select(p => p.Operator))}.");

    /// <inheritdoc />
    public bool Equals(Plan? other) =>
        other is not null && Epoch == other.Epoch && Workflow == other.Workflow && WorkflowFingerprint == other.WorkflowFingerprint && Cost == other.Cost
        && Sources.SequenceEqual(other.Sources) && Placements.SequenceEqual(other.Placements) && Routes.SequenceEqual(other.Routes)
        && Outputs.SequenceEqual(other.Outputs) && Workers.SequenceEqual(other.Workers) && Ladder.SequenceEqual(other.Ladder)
        && Standby.SequenceEqual(other.Standby) && Fallbacks.SequenceEqual(other.Fallbacks);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Epoch, WorkflowFingerprint, Placements.Length, Routes.Length, Cost);
}
