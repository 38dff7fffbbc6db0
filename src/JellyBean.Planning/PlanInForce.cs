using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;

namespace JellyBean.Planning;

/// <summary>The plan that runs now, and what it costs to leave it.</summary>
/// <param name="Plan">The plan. Workers that the catalogue no longer has are lost: nothing is moved away from them.</param>
/// <param name="MovePerHour">What starting an operator on a worker where it does not run now counts, per hour in the catalogue's currency; 0 or more. It is not part of a plan's cost.</param>
public sealed record PlanInForce(Plan Plan, double MovePerHour = 0)
{
    /// <summary>Whether an operator runs on a worker now.</summary>
    public bool Runs(OperatorId op, WorkerId worker) => Plan.Placements.Any(p => p.Operator == op && p.Instances.Any(i => i.Worker == worker));
}
