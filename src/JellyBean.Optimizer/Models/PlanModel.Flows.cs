using Google.OrTools.LinearSolver;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Optimizer.Models;

/// <content>How flows are divided between tiers.</content>
internal sealed partial class PlanModel
{
    /// <summary>Each flow leaves a tier as its sender's share there, and comes to a tier as its receiver's share there; several flows into one receiver together.</summary>
    /// <remarks>Where a sender's variants make results of different sizes, each has a flow of its own. Traffic inside a tier is free, so that workers need not be told apart; the routes between workers are laid afterwards.</remarks>
    private void AddFlows()
    {
        var flows = _layout.Rates.Flows;
        for (var i = 0; i < flows.Length; i++)
        {
            var (flow, index) = (flows[i], i);
            foreach (var from in TiersOf(flow.From))
            {
                foreach (var size in flow.Sizes)
                {
                    foreach (var to in TiersOf(flow.To).Where(t => _layout.MaySend(from, t)))
                    {
                        _flow[(i, size, from, to)] = Between0And1($"flow {flow.From} {size} {flow.To} {flow.InputIndex} {from} {to}");
                    }

                    var leaves = _flow.Where(f => f.Key.Flow == index && f.Key.Size == size && f.Key.From == from).Select(f => f.Value * 1);
                    _solver.Add(Sum(leaves) == ShareIn(flow.From, from, w => w.Variant == size || (size is null && !flow.Sizes.Contains(w.Variant))));
                }
            }
        }

        foreach (var op in _layout.Operators.Where(o => o.Inputs.Length > 0))
        {
            var into = Enumerable.Range(0, flows.Length).Where(i => flows[i].To == op.Id).ToList();
            if (_layout.TakesInputsAlike(op))
            {
                into.ForEach(i => AddArrivals(op, [i]));
            }
            else
            {
                AddArrivals(op, into);
            }
        }
    }

    /// <summary>What arrives by some flows, taken together, is the receiver's share in each tier.</summary>
    private void AddArrivals(Operator op, List<int> into)
    {
        var flows = _layout.Rates.Flows;
        var total = into.Sum(i => _layout.Weight(flows[i]));
        foreach (var tier in TiersOf(op.Id))
        {
            var arrives = _flow.Where(f => into.Contains(f.Key.Flow) && f.Key.To == tier).Select(f => f.Value * (_layout.Weight(flows[f.Key.Flow]) / total));
            _solver.Add(Sum(arrives) == ShareIn(op.Id, tier));
        }
    }

    /// <summary>Operators that run where their results are taken have the taker's shares.</summary>
    private void AddFusion()
    {
        foreach (var (op, taker) in _layout.Fused.OrderBy(f => f.Key))
        {
            foreach (var worker in _layout.WorkersOf(op))
            {
                var there = _layout.WorkersOf(taker).Contains(worker) ? ShareOn(taker, worker.Id) : new LinearExpr();
                _solver.Add(ShareOn(op, worker.Id) == there);
            }
        }
    }

    /// <summary>Where every worker sends to every worker of the next operator and nothing goes back, either the sender is wholly in the first tier or the receiver wholly in the last.</summary>
    /// <remarks>With two tiers that makes the division between tiers, a product of shares, linear: what goes over is the difference of the shares in the first tier.</remarks>
    private void AddProportions()
    {
        if (_layout.Problem.Options.Routing != Routing.Proportional)
        {
            return;
        }

        var last = _layout.Problem.Catalogue.Tiers.Last(t => _layout.Types.Values.Any(k => k.Tier == t));
        var (whollyFirst, whollyLast) = (new Dictionary<OperatorId, Variable>(), new Dictionary<OperatorId, Variable>());
        foreach (var op in _layout.Operators)
        {
            (whollyFirst[op.Id], whollyLast[op.Id]) = (Bool($"wholly first {op.Id}"), Bool($"wholly last {op.Id}"));
            _solver.Add(ShareIn(op.Id, last) <= 1 - whollyFirst[op.Id]);
            _solver.Add(ShareIn(op.Id, last) >= whollyLast[op.Id]);
        }

        foreach (var flow in _layout.Rates.Flows.Where(f => _layout.Fused.GetValueOrDefault(f.From) != f.To))
        {
            _solver.Add(whollyFirst[flow.From] + whollyLast[flow.To] >= 1);
        }
    }
}
