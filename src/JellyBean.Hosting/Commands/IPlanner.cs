using JellyBean.Planning;

namespace JellyBean.Hosting.Commands;

/// <summary>Makes plans. A seam: tests plan without a solver.</summary>
internal interface IPlanner
{
    PlanningResult Plan(PlanningProblem problem);
}

/// <summary>The optimizer.</summary>
internal sealed class CheapestPlanner : IPlanner
{
    public PlanningResult Plan(PlanningProblem problem) => Optimizer.Planner.Plan(problem);
}
