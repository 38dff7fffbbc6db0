using Google.OrTools.LinearSolver;
using JellyBean.Planning.Costs;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Optimizer.Models;

/// <content>Latency: the time from admission until an element has left an operator in a tier, along the slowest way. In seconds.</content>
internal sealed partial class PlanModel
{
    private void AddLatency()
    {
        var asked = _layout.Operators.OfType<OutputOperator>().Where(o => _layout.Problem.ObjectivesOf(o).P99 is not null).ToList();
        if (asked.Count == 0)
        {
            return;
        }

        var longest = asked.Max(o => _layout.Problem.ObjectivesOf(o).P99!.Value.TotalSeconds) * (_elastic ? 1e4 : 1);
        var onTheWay = new HashSet<OperatorId>(asked.Select(o => o.Id));
        foreach (Operator op in _layout.Operators.Reverse().Where(o => onTheWay.Contains(o.Id)))
        {
            onTheWay.UnionWith(op.Inputs);
        }

        var leaves = new Dictionary<(OperatorId, Tier), Variable>();
        foreach (var op in _layout.Operators.Where(o => onTheWay.Contains(o.Id)))
        {
            foreach (var tier in _layout.TiersOf(op.Id))
            {
                var arrives = _solver.MakeNumVar(0, longest, $"arrives {op.Id} {tier}");
                leaves[(op.Id, tier)] = _solver.MakeNumVar(0, longest, $"leaves {op.Id} {tier}");
                AddTransfers(op, tier, arrives, leaves, longest);
                AddStay(op, tier, arrives, leaves[(op.Id, tier)]);
            }
        }

        foreach (var output in asked)
        {
            var p99 = _layout.Problem.ObjectivesOf(output).P99!.Value.TotalSeconds;
            var late = Slack(SlackKind.Latency, output.Id.Value) * p99;
            foreach (var tier in _layout.TiersOf(output.Id))
            {
                _solver.Add(leaves[(output.Id, tier)] <= p99 + late);
            }
        }
    }

    private void AddTransfers(Operator op, Tier tier, Variable arrives, Dictionary<(OperatorId, Tier), Variable> leaves, double longest)
    {
        foreach (var ((index, size, from, _), part) in _flow.Where(f => _layout.Rates.Flows[f.Key.Flow].To == op.Id && f.Key.To == tier).ToList())
        {
            var flow = _layout.Rates.Flows[index];
            var transfer = ServiceTable.TransferMs(flow.BytesPerElement(size), _layout.Link(from, tier)) / 1000;
            var taken = Bool($"taken {flow.From} {size} {flow.To} {flow.InputIndex} {from} {tier}");
            _solver.Add(part <= taken);
            if (transfer > longest)
            {
                _solver.Add(taken == 0);
                continue;
            }

            var most = longest + transfer;
            _solver.Add(arrives >= leaves[(flow.From, from)] + transfer - most + (taken * most));
        }
    }

    private void AddStay(Operator op, Tier tier, Variable arrives, Variable leaves)
    {
        _solver.Add(leaves >= arrives);
        var ways = _layout.WaysOf(op.Id);
        foreach (var worker in _layout.WorkersOf(op.Id).Where(w => _layout.TierOf(w.Id) == tier))
        {
            foreach (var way in ways.Where(w => _share.ContainsKey((op.Id, w, worker.Id))))
            {
                var stay = _layout.Services.StayMs(op, way, _layout.Types[worker.Id])!.Value / 1000;
                _solver.Add(leaves >= arrives + (stay * (_present[(op.Id, worker.Id)] + _chosen[(op.Id, way)] - 1)));
            }
        }
    }
}
