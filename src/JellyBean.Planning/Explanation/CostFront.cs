using System.Collections.Immutable;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Plans;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Planning.Explanation;

/// <summary>The front of cost, accuracy and latency: what more accuracy or less latency of an output costs at the least.</summary>
public static class CostFront
{
    /// <summary>Latencies that are asked for: parts of what the plan has that meets what was asked.</summary>
    private static readonly double[] Parts = [0.7, 0.4];

    /// <summary>What parts are of where a plan's latency has no bound or a longer one.</summary>
    private const double LongestMs = 60_000;

    /// <summary>Most accuracies that are asked for, evenly among those measured.</summary>
    private const int MostFloors = 12;

    /// <summary>Finds the front for the first output with an accuracy floor, or else the first; what else was asked for holds on all of it.</summary>
    /// <param name="problem">What was asked.</param>
    /// <param name="plan">The plan that was found for it; it is a point unless another is better.</param>
    /// <param name="solve">Finds plans.</param>
    public static ImmutableArray<FrontPoint> Of(PlanningProblem problem, Plan plan, Func<PlanningProblem, PlanningResult> solve)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(solve);
        var outputs = problem.Workflow.Operators.OfType<OutputOperator>().ToList();
        var output = outputs.Find(o => problem.ObjectivesOf(o).Accuracy is not null) ?? outputs[0];
        var points = new List<FrontPoint> { Point(output, plan) };
        foreach (var floor in Floors(problem, output))
        {
            // As it would be asked for: a plan that is asked for like this later is the one that was shown.
            var asked = PlanExplainer.With(problem, output, o => o with { Accuracy = floor });
            if (solve(asked).Plan is not { } loosest)
            {
                continue;
            }

            points.Add(Point(output, loosest));
            foreach (var part in Parts)
            {
                var most = TimeSpan.FromMilliseconds(Math.Clamp(Point(output, loosest).P99Ms, 1, LongestMs) * part);
                if (solve(PlanExplainer.With(asked, output, o => o with { P99 = most })).Plan is not { } quick)
                {
                    break;
                }

                points.Add(Point(output, quick));
            }
        }

        return Best(points);
    }

    /// <summary>The measured accuracies next below and above what is asked for; where there are such.</summary>
    internal static IEnumerable<double> StepsAround(PlanningProblem problem, OutputOperator output, AccuracyFloor floor)
    {
        var values = AccuracyTable.Of(problem, output.Id, floor.Metric).Rows.Select(r => r.Value).Distinct().Order().ToList();
        var met = values.FindIndex(v => v >= floor.Least);
        if (met > 0)
        {
            yield return values[met - 1];
        }

        if (met >= 0 && met + 1 < values.Count)
        {
            yield return values[met + 1];
        }
    }

    private static IEnumerable<AccuracyFloor?> Floors(PlanningProblem problem, OutputOperator output)
    {
        if (problem.ObjectivesOf(output).Accuracy is not { } floor)
        {
            return [null];
        }

        var values = AccuracyTable.Of(problem, output.Id, floor.Metric).Rows.Select(r => r.Value).Distinct().Order().ToList();
        var count = Math.Min(MostFloors, values.Count);
        return Enumerable.Range(0, count).Select(i => values[count == 1 ? 0 : (int)Math.Round(i * (values.Count - 1.0) / (count - 1))]).Distinct().Select(v => floor with { Least = v });
    }

    private static FrontPoint Point(OutputOperator output, Plan plan)
    {
        var prediction = plan.Outputs.First(o => o.Output == output.Id);
        return new FrontPoint(
            plan.Cost.TotalPerHour,
            prediction.Accuracy,
            prediction.P99Ms,
            plan.Placements.Where(p => p.Variant is not null).ToImmutableSortedDictionary(p => p.Operator, p => p.Variant!));
    }

    /// <summary>Those than which no other is better, or as good and found before.</summary>
    private static ImmutableArray<FrontPoint> Best(List<FrontPoint> points)
    {
        var sorted = points.OrderBy(p => p.CostPerHour).ThenByDescending(p => p.Accuracy ?? 0).ThenBy(p => p.P99Ms).ToList();
        return [.. sorted.Where((p, i) => !sorted.Where((o, j) => j != i && AtLeastAsGood(o, p) && (j < i || !AtLeastAsGood(p, o))).Any())];
    }

    private static bool AtLeastAsGood(FrontPoint a, FrontPoint b)
    {
        const double Same = 1e-9;
        return a.CostPerHour <= b.CostPerHour * (1 + Same) && (a.Accuracy ?? 0) >= (b.Accuracy ?? 0) && a.P99Ms <= b.P99Ms * (1 + Same);
    }
}
