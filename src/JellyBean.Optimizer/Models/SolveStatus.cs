namespace JellyBean.Optimizer.Models;

internal enum SolveStatus
{
    Optimal,
    Feasible,
    Infeasible,
    Unknown,
}
