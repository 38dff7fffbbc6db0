using Google.OrTools.LinearSolver;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Optimizer.Models;

/// <content>What machines and links can bear.</content>
internal sealed partial class PlanModel
{
    private LinearExpr Cores(OperatorId op, WorkerId worker) => Sum(_layout.WaysOf(op)
        .Where(w => _share.ContainsKey((op, w, worker)))
        .Select(w => _share[(op, w, worker)] * _layout.Services.Cores(_layout.Problem.Workflow[op], w, _layout.Types[worker])!.Value));

    private LinearExpr Cores(WorkerId worker) => Sum(_present.Keys.Where(p => p.Worker == worker).Select(p => Cores(p.Operator, worker)));

    private void AddLimits()
    {
        foreach (var worker in _layout.Workers)
        {
            var type = _layout.Types[worker.Id];
            _solver.Add(Cores(worker.Id) * (1 / type.Cores) <= (_used[worker.Id] * _layout.Cap) + Slack(SlackKind.Utilisation, worker.Id.Value));
            foreach (var op in _layout.Operators.Where(o => _present.ContainsKey((o.Id, worker.Id)) && ServiceTable.MostParallel(o, type) < type.Cores))
            {
                _solver.Add(Cores(op.Id, worker.Id) <= _layout.Cap + Slack(SlackKind.OneInstance, op.Id.Value));
            }
        }

        foreach (var host in _layout.Problem.Catalogue.Hosts.OrderBy(h => h.Id))
        {
            var cores = _layout.Workers.Where(w => w.Host == host.Id).Select(w => Cores(w.Id) * (PlanEvaluation.HostFactor(_layout.Types[w.Id]) / host.Cores));
            _solver.Add(Sum(cores) <= _layout.Cap + Slack(SlackKind.Host, host.Id.Value));
        }

        foreach (var link in Links())
        {
            var parts = _flow.Where(f => f.Key.From == link.From && f.Key.To == link.To)
                .Select(f => f.Value * (_layout.Rates.Flows[f.Key.Flow].BytesPerSecond(f.Key.Size) / link.BytesPerSecond));
            _solver.Add(Sum(parts) <= 1 + Slack(SlackKind.Bandwidth, $"{link.From} -> {link.To}"));
        }
    }

    /// <summary>Where workers are not shared, at most one operator that takes time is on each.</summary>
    private void AddSharing()
    {
        if (_layout.Problem.Options.Sharing != WorkerSharing.Exclusive)
        {
            return;
        }

        foreach (var worker in _layout.Workers)
        {
            var busy = _layout.Operators.Where(o => _present.ContainsKey((o.Id, worker.Id)) && _layout.TakesTime(o, _layout.Types[worker.Id]));
            _solver.Add(Sum(busy.Select(o => _present[(o.Id, worker.Id)] * 1)) <= _used[worker.Id] + Slack(SlackKind.Sharing, worker.Id.Value));
        }
    }

    private void AddBudget()
    {
        if (_layout.Problem.Options.BudgetPerHour is { } budget)
        {
            var scale = 1 / Math.Max(budget, 1e-9);
            _solver.Add(Cost() * scale <= (budget * scale) + Slack(SlackKind.Budget, ""));
        }
    }

    /// <summary>Each instance side by side holds its own copy; there are as many as its elements keep busy.</summary>
    private void AddMemory()
    {
        foreach (var worker in _layout.Workers)
        {
            var type = _layout.Types[worker.Id];
            var here = _share.Keys.Where(s => s.Worker == worker.Id)
                .Select(s => (Key: s, Op: _layout.Problem.Workflow[s.Operator], Bytes: (double)_layout.Services.MemoryBytes(_layout.Problem.Workflow[s.Operator], s.Way)))
                .Where(s => s.Bytes > 0).ToList();
            if (!_elastic && here.GroupBy(s => s.Op.Id).Sum(g => g.Max(s => s.Bytes * ServiceTable.MostParallel(s.Op, type))) <= type.MemoryBytes)
            {
                continue;
            }

            var held = new List<LinearExpr>();
            foreach (var (key, op, bytes) in here)
            {
                var count = _solver.MakeIntVar(0, _elastic ? 1e5 : ServiceTable.MostParallel(op, type), $"count {key}");
                if (_layout.IsWide(op.Id))
                {
                    _solver.Add(count >= (_present[(key.Operator, key.Worker)] + _chosen[(key.Operator, key.Way)] - 1) * ServiceTable.MostParallel(op, type));
                }

                _solver.Add(count >= _share[key]);
                _solver.Add(count >= _share[key] * (_layout.Services.Cores(op, key.Way, type)!.Value / _layout.Cap));
                held.Add(count * (bytes / type.MemoryBytes));
            }

            _solver.Add(Sum(held) <= 1 + Slack(SlackKind.Memory, worker.Id.Value));
        }
    }

    private IEnumerable<TierLink> Links() =>
        _layout.Problem.Catalogue.Links.OrderBy(l => l.From.Name, StringComparer.Ordinal).ThenBy(l => l.To.Name, StringComparer.Ordinal);
}
