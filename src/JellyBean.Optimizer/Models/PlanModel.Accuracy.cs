using Google.OrTools.LinearSolver;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Optimizer.Models;

/// <content>Accuracy floors.</content>
internal sealed partial class PlanModel
{
    private void AddAccuracy()
    {
        foreach (var output in _layout.Operators.OfType<OutputOperator>())
        {
            if (_layout.Problem.ObjectivesOf(output).Accuracy is not { } floor)
            {
                continue;
            }

            var rows = AccuracyTable.Of(_layout.Problem, output.Id, floor.Metric).Rows;
            var met = rows.Where(r => r.Value >= floor.Least).ToDictionary(r => r, r => Bool($"row {floor.Metric} {AccuracyTable.Describe(r)}"));
            LinearExpr Chosen(Planning.Profiles.VariantChoice choice) =>
                Sum(_layout.WaysOf(choice.Operator).Where(w => w.Variant == choice.Variant).Select(w => _chosen[(choice.Operator, w)] * 1));
            foreach (var (row, variable) in met)
            {
                foreach (var choice in row.Variants)
                {
                    _solver.Add(variable <= Chosen(choice));
                }
            }

            var missed = Slack(SlackKind.Accuracy, output.Id.Value, most: 1);
            _solver.Add(Sum(met.Values.Select(v => v * 1)) + missed >= 1);
            foreach (var row in rows.Where(r => r.Value < floor.Least))
            {
                // A row below the floor that the plan meets must be overruled by a more specific one above it.
                var overruling = met.Where(m => AccuracyTable.IsMoreSpecific(m.Key, row)).Select(m => m.Value * 1);
                _solver.Add(Sum(row.Variants.Select(Chosen)) - (row.Variants.Length - 1) <= Sum(overruling) + missed);
            }
        }
    }
}
