using JellyBean.Planning;
using JellyBean.Planning.Plans;

namespace JellyBean.Optimizer.Models;

/// <summary>What leaving the plan in force counts for.</summary>
internal static class Moves
{
    /// <summary>Per hour: each operator on a worker where it does not run now.</summary>
    public static double PerHour(Plan plan, PlanningProblem problem) => problem.InForce is { MovePerHour: > 0 and var price } inForce
        ? price * plan.Placements.Sum(p => p.Instances.Count(i => !inForce.Runs(p.Operator, i.Worker)))
        : 0;
}
