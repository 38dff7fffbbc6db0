using System.Collections.Immutable;
using JellyBean.Optimizer.Models;
using JellyBean.Optimizer.Pools;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Optimizer.Heuristics;

/// <summary>The published planner (JellyBean, VLDB 2023), written anew after its prototype, for comparison: a beam over variants, then greedy placement of each of its assignments.</summary>
public static class PublishedHeuristic
{
    private const int Width = 10;

    /// <summary>What the published planner answers.</summary>
    /// <param name="problem">A problem whose operators without models take no time, with one output that has an accuracy floor.</param>
    /// <param name="samples">What its beam search knows of each operator that has a model, each after those that take from it.</param>
    /// <param name="givesBack">False as shipped ("greedy"); true for its other strategy ("greedy backtrace").</param>
    /// <returns>Cost per hour and variants; null where it finds nothing.</returns>
    public static PublishedAnswer? Plan(PlanningProblem problem, ImmutableArray<OperatorSamples> samples, bool givesBack)
    {
        var layout = new Layout(problem);
        var output = problem.Workflow.Operators.OfType<OutputOperator>().Single();
        if (PoolLayout.TryCreate(layout) is not { } pools || problem.ObjectivesOf(output).Accuracy is not { } floor)
        {
            throw new ArgumentException("The published planner knows no latencies, memory, shared hosts or undividable work, and asks for an accuracy floor.", nameof(problem));
        }

        var table = AccuracyTable.Of(problem, output.Id, floor.Metric);
        var best = default(PublishedAnswer);
        foreach (var variants in VariantBeam.Search(samples, floor.Least, Width))
        {
            var ways = problem.Workflow.Operators.ToDictionary(o => o.Id, o => variants.TryGetValue(o.Id, out var variant) ? new Way(variant, 1) : new Way(null, 1));
            var greedy = new GreedyAssignment(pools, ways, givesBack);
            var accuracy = table.ValueOf(id => ways[id].Variant);
            foreach (var state in greedy.Place())
            {
                var cost = greedy.Cost(state);
                var isMoreAccurate = best is not null && Math.Abs(cost - best.CostPerHour) <= 1e-8 + (1e-5 * best.CostPerHour) && accuracy > best.Accuracy;
                if (best is null || cost < best.CostPerHour || isMoreAccurate)
                {
                    best = new PublishedAnswer(cost, variants, accuracy);
                }
            }
        }

        return best;
    }
}

/// <summary>An answer of the published planner.</summary>
/// <param name="CostPerHour">Machines and network.</param>
/// <param name="Variants">The variant of each operator that has a model.</param>
/// <param name="Accuracy">As measured end to end; it may miss the floor. Null where not measured.</param>
public sealed record PublishedAnswer(double CostPerHour, ImmutableDictionary<OperatorId, string> Variants, double? Accuracy);
