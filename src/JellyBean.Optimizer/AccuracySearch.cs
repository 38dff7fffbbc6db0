using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Ladders;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Optimizer;

/// <summary>
/// The highest accuracy that fits, as <see cref="AccuracyGoal"/> means it: the least advanced output as far as it goes, then each output, by id, as far as those before it allow; of such plans
/// the cheapest. Found by halving, as a plan for a floor is one for every lower floor.
/// </summary>
internal static class AccuracySearch
{
    public static PlanningResult Plan(PlanningProblem problem, Func<PlanningProblem, PlanningResult> plan)
    {
        var outputs = AccuracyGoal.Of(problem).Outputs;
        var floors = outputs.Select(o => o.Floor.Least).ToArray();
        var best = plan(At(problem, outputs, floors));
        var isProven = best.Status is not PlanningStatus.Unknown;
        if (best.Plan is null)
        {
            return best;
        }

        // All outputs together; where there are several, what is left one by one.
        var parts = outputs.SelectMany(o => Above(o, o.Floor.Least).Select(o.PartOf)).Distinct().Order().ToList();
        Raise(parts, part => [.. outputs.Select((o, i) => Above(o, floors[i]).Prepend(floors[i]).First(v => o.PartOf(v) >= part))]);
        for (var at = 0; outputs.Length > 1 && at < outputs.Length; at++)
        {
            var (index, before) = (at, floors);
            Raise([.. Above(outputs[at], floors[at])], value => [.. before.Select((f, i) => i == index ? value : f)]);
        }

        // The search asked for more than was asked for: rungs below that are rungs all the same.
        return best with { Status = isProven ? best.Status : PlanningStatus.Feasible, Plan = best.Plan!.WithLadder(problem) };

        void Raise(List<double> steps, Func<double, double[]> floorsAt)
        {
            var (reached, missed, raised) = (-1, steps.Count, floors);
            while (missed - reached > 1)
            {
                var middle = (reached + missed) / 2;
                var asked = floorsAt(steps[middle]);
                var result = plan(At(problem, outputs, asked));
                isProven &= result.Status is PlanningStatus.Optimal or PlanningStatus.Infeasible;
                (reached, missed) = result.Plan is null ? (reached, middle) : (middle, missed);
                (best, raised) = result.Plan is null ? (best, raised) : (result, asked);
            }

            floors = raised;
        }
    }

    private static IEnumerable<double> Above(FlooredOutput output, double floor) => output.Table.Rows.Select(r => r.Value).Where(v => v > floor).Distinct().Order();

    private static PlanningProblem At(PlanningProblem problem, IReadOnlyList<FlooredOutput> outputs, double[] floors) => problem with
    {
        Options = problem.Options with { Goal = PlanningGoal.LeastCost },
        Objectives = outputs.Select((o, i) => (o, Least: floors[i])).Aggregate(
            problem.Objectives, (all, f) => all.SetItem(f.o.Output, problem.ObjectivesOf((OutputOperator)problem.Workflow[f.o.Output]) with { Accuracy = f.o.Floor with { Least = f.Least } })),
    };
}
