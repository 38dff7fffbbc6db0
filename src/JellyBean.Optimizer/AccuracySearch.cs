using System.Collections.Immutable;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Optimizer;

/// <summary>The highest accuracy that fits: the cheapest plan at the highest measured value at which there is one, found by halving, as a plan for a floor is one for every lower floor.</summary>
internal static class AccuracySearch
{
    public static PlanningResult Plan(PlanningProblem problem, Func<PlanningProblem, PlanningResult> plan)
    {
        var output = problem.Workflow.Operators.OfType<OutputOperator>().Single(o => problem.ObjectivesOf(o).Accuracy is not null);
        var floor = problem.ObjectivesOf(output).Accuracy!;
        var values = AccuracyTable.Of(problem, output.Id, floor.Metric).Rows.Select(r => r.Value).Where(v => v > floor.Least).Distinct().Order().ToList();
        var best = plan(At(problem, output, floor));
        var isProven = best.Status is not PlanningStatus.Unknown;
        if (best.Plan is null)
        {
            return best;
        }

        var (reached, missed) = (-1, values.Count);
        while (missed - reached > 1)
        {
            var middle = (reached + missed) / 2;
            var result = plan(At(problem, output, floor with { Least = values[middle] }));
            isProven &= result.Status is PlanningStatus.Optimal or PlanningStatus.Infeasible;
            (reached, missed) = result.Plan is null ? (reached, middle) : (middle, missed);
            best = result.Plan is null ? best : result;
        }

        return best with { Status = isProven ? best.Status : PlanningStatus.Feasible };
    }

    private static PlanningProblem At(PlanningProblem problem, OutputOperator output, AccuracyFloor floor) => problem with
    {
        Options = problem.Options with { Goal = PlanningGoal.LeastCost },
        Objectives = problem.Objectives.SetItem(output.Id, problem.ObjectivesOf(output) with { Accuracy = floor }),
    };
}
