using System.Collections.Immutable;
using JellyBean.Optimizer.Models;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Optimizer.Latencies;

/// <summary>Combinations of variants that meet every accuracy floor, those that keep machines the least busy first; each in the smallest batches that it has.</summary>
internal static class Variants
{
    /// <summary>Combinations that are looked at.</summary>
    private const int Most = 5000;

    public static ImmutableArray<ImmutableDictionary<OperatorId, Way>> Meeting(PlanningProblem problem, Layout layout)
    {
        var floors = problem.Workflow.Operators.OfType<OutputOperator>().Where(o => problem.ObjectivesOf(o).Accuracy is not null)
            .Select(o => (problem.ObjectivesOf(o).Accuracy!.Least, Table: AccuracyTable.Of(problem, o.Id, problem.ObjectivesOf(o).Accuracy!.Metric))).ToList();
        IEnumerable<ImmutableDictionary<OperatorId, Way>> all = [ImmutableDictionary<OperatorId, Way>.Empty];
        foreach (var op in layout.Operators)
        {
            var ways = layout.WaysOf(op.Id).GroupBy(w => w.Variant).Select(g => g.MinBy(w => w.BatchSize)!).OrderBy(w => Cores(layout, op, w)).ToList();
            all = all.SelectMany(a => ways.Select(w => a.Add(op.Id, w)));
        }

        return
        [
            .. all.Take(Most).Where(a => floors.All(f => f.Table.ValueOf(id => a.GetValueOrDefault(id)?.Variant) >= f.Least))
                .OrderBy(a => layout.Operators.Sum(o => Cores(layout, o, a[o.Id]))),
        ];
    }

    private static double Cores(Layout layout, Operator op, Way way) =>
        layout.WorkersOf(op.Id).Select(w => layout.Services.Cores(op, way, layout.Types[w.Id])).DefaultIfEmpty(null).Min() ?? double.MaxValue / 1e6;
}
