using JellyBean.Planning;

namespace JellyBean.Hosting.Commands;

/// <summary>Makes plans. A seam: tests plan without a solver.</summary>
internal interface IPlanner
{
    PlanningResult Plan(PlanningProblem problem);

    /// <summary>A planner whose searches a token ends: they then throw <see cref="OperationCanceledException"/>.</summary>
    IPlanner Until(CancellationToken cancellationToken) => this;
}

/// <summary>The optimizer.</summary>
internal sealed class CheapestPlanner : IPlanner
{
    private CancellationToken _ends;

    public PlanningResult Plan(PlanningProblem problem) => Optimizer.Planner.Plan(problem, _ends);

    public IPlanner Until(CancellationToken cancellationToken) => new CheapestPlanner { _ends = cancellationToken };
}
