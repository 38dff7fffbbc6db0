using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;

namespace JellyBean.Planning;

/// <summary>The plan that runs now, and what it costs to leave it.</summary>
/// <remarks>
/// Giving up a machine saves its price only where it is rented: an owned machine that the plan in force uses counts as long as the catalogue has it, used or not. What moves and idle machines count
/// decides between plans; it is not part of a plan's cost.
/// </remarks>
/// <param name="Plan">The plan. Workers that the catalogue no longer has are lost: nothing is moved away from them.</param>
/// <param name="MovePerHour">What starting an operator on a worker where it does not run now counts, per hour in the catalogue's currency; 0 or more.</param>
public sealed record PlanInForce(Plan Plan, double MovePerHour = 0)
{
    /// <summary>What starting certain operators elsewhere counts in place of <see cref="MovePerHour"/>: those that have much state to hand over, or large models to load.</summary>
    public ImmutableSortedDictionary<OperatorId, double> MovePerHourOf { get; init; } = ImmutableSortedDictionary<OperatorId, double>.Empty;

    /// <summary>Whether moves count at all.</summary>
    public bool CountsMoves => MovePerHour > 0 || MovePerHourOf.Values.Any(m => m > 0);

    /// <summary>What starting an operator on a worker counts, per hour; 0 where it runs there now.</summary>
    public double MoveTo(OperatorId op, WorkerId worker) => Runs(op, worker) ? 0 : MovePerHourOf.TryGetValue(op, out var own) ? own : MovePerHour;

    /// <summary>Whether an operator runs on a worker now.</summary>
    public bool Runs(OperatorId op, WorkerId worker) => Plan.Placements.Any(p => p.Operator == op && p.Instances.Any(i => i.Worker == worker));

    /// <summary>Whether a worker is paid now.</summary>
    public bool Uses(WorkerId worker) => Plan.Sources.Any(s => s.Worker == worker) || Plan.Standby.Contains(worker) || Plan.Placements.Any(p => p.Instances.Any(i => i.Worker == worker));

    /// <summary>The owned machines that the plan in force uses and the catalogue still has, by id: their price goes on.</summary>
    public ImmutableArray<WorkerId> KeptOn(InfrastructureCatalogue catalogue) =>
        [.. catalogue.Workers.Select(w => w.Id).Where(w => catalogue.TypeOf(w).Ownership == Ownership.Owned && Uses(w)).Order()];
}
