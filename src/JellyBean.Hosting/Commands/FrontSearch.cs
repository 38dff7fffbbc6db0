using System.Collections.Immutable;
using JellyBean.Hosting.Configuration;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Hosting.Commands;

/// <summary>Finds what accuracy costs, by planning again and again with the next higher floor that a measured combination reaches.</summary>
internal static class FrontSearch
{
    /// <summary>Part of its cost by which plans that cost the same may differ.</summary>
    private const double Same = 2e-7;

    /// <summary>Part of its cost by which plans may differ that nobody would tell apart, if it does not show besides.</summary>
    private const double Alike = 1e-3;

    /// <summary>The output whose accuracy is raised.</summary>
    /// <exception cref="BadInputException">None asks for accuracy.</exception>
    public static OutputOperator OutputOf(PlanningProblem problem) =>
        problem.Workflow.Operators.OfType<OutputOperator>().FirstOrDefault(o => problem.ObjectivesOf(o).Accuracy is not null)
            ?? throw new BadInputException("No output asks for accuracy, so there is nothing to raise. Name a metric, as in --accuracy mota=0.5.");

    /// <param name="problem">The problem; its own floor is where the search begins.</param>
    /// <param name="planner">Plans.</param>
    /// <param name="isLessBetter">Whether of a metric less is better: it cannot be asked for.</param>
    /// <param name="progress">Told of each plan.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BadInputException">No output asks for accuracy, or its metric was not measured.</exception>
    public static AccuracyFront Find(PlanningProblem problem, IPlanner planner, Func<string, bool> isLessBetter, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var output = OutputOf(problem);
        var floor = problem.ObjectivesOf(output).Accuracy!;
        var values = AccuracyTable.Of(problem, output.Id, floor.Metric).Rows.Select(r => r.Value).Distinct().Order().ToList();
        if (values.Count == 0)
        {
            var known = problem.Profile.Accuracies.Select(a => a.Metric).Where(m => !isLessBetter(m)).Distinct().Order(StringComparer.Ordinal).ToList();
            throw new BadInputException($"Accuracy '{floor.Metric}' is measured for no variant; measured: {(known.Count > 0 ? string.Join(", ", known) : "nothing")}. Ask for one of these, or measure with 'profile --truth FILE'.");
        }

        var points = new List<FrontPoint>();
        double? next = floor.Least;
        ImmutableArray<string> limits = [];
        while (next is { } least)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = planner.Plan(With(problem, output, floor with { Least = least }));
            if (result.Plan is not { } plan || plan.Outputs.First(o => o.Output == output.Id).Accuracy is not { } accuracy)
            {
                limits = result.Reasons;
                break;
            }

            // The plan that is shown is the one that is found for what it reaches, as then nothing stands between its floor and the next.
            plan = accuracy > least && planner.Plan(With(problem, output, floor with { Least = accuracy })).Plan is { } same && same.Cost.TotalPerHour <= plan.Cost.TotalPerHour * (1 + Same) ? same : plan;

            // What is more accurate at no more cost leaves nothing to say for what came before it.
            points.RemoveAll(p => p.Plan.Cost.TotalPerHour >= plan.Cost.TotalPerHour * (1 - Same));
            var point = new FrontPoint(accuracy, plan);
            points.Add(point);
            progress.Report(FormattableString.Invariant($"{floor.Metric} {accuracy:0.####}: {Money.PerHour(plan.Cost.TotalPerHour, plan.Cost.Currency)} ({point.Variants})"));
            next = values.Where(v => v > accuracy).Cast<double?>().FirstOrDefault();
        }

        return new AccuracyFront { Output = output.Id, Metric = floor.Metric, Points = Merged(points), Limits = limits };
    }

    /// <summary>Of points that look alike wherever they are shown, or that cost as good as the same, the most accurate.</summary>
    private static ImmutableArray<FrontPoint> Merged(IEnumerable<FrontPoint> points) => points.Aggregate(
        ImmutableArray<FrontPoint>.Empty, (merged, point) => merged is [.., var last] && IsAlike(last, point) ? merged.SetItem(merged.Length - 1, point) : merged.Add(point));

    private static bool IsAlike(FrontPoint cheaper, FrontPoint dearer) =>
        cheaper.CostText == dearer.CostText && (cheaper.AccuracyText == dearer.AccuracyText || dearer.Plan.Cost.TotalPerHour <= cheaper.Plan.Cost.TotalPerHour * (1 + Alike));

    private static PlanningProblem With(PlanningProblem problem, OutputOperator output, AccuracyFloor floor) =>
        problem with { Objectives = problem.Objectives.SetItem(output.Id, problem.ObjectivesOf(output) with { Accuracy = floor }) };
}
