using JellyBean.Planning;
using JellyBean.Planning.Plans;

namespace JellyBean.Optimizer.Models;

/// <summary>What leaving the plan in force counts for.</summary>
internal static class Moves
{
    /// <summary>Per hour: each operator on a worker where it does not run now, and each owned machine that is left idle, as its price goes on.</summary>
    public static double PerHour(Plan plan, PlanningProblem problem)
    {
        if (problem.InForce is not { } inForce)
        {
            return 0;
        }

        var used = new PlanInForce(plan);
        return (inForce.CountsMoves ? plan.Placements.Sum(p => p.Instances.Sum(i => inForce.MoveTo(p.Operator, i.Worker))) : 0)
            + inForce.KeptOn(problem.Catalogue).Where(w => !used.Uses(w)).Sum(w => problem.Catalogue.TypeOf(w).PricePerHour);
    }
}
