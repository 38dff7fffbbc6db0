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
        var taken = AddTaken();
        var queues = new Queues(
            _layout.Workers.ToDictionary(w => w.Id, w => WorkerQueue(w, longest)),
            AddHostQueues(longest),
            Links().ToDictionary(l => (l.From, l.To), l => LinkQueue(l, taken, longest)));
        var leaves = new Dictionary<(OperatorId, Tier), Variable>();
        foreach (var op in _layout.Operators.Where(o => _layout.OnTheWay.Contains(o.Id)))
        {
            foreach (var tier in _layout.TiersOf(op.Id))
            {
                var arrives = _solver.MakeNumVar(0, longest, $"arrives {op.Id} {tier}");
                leaves[(op.Id, tier)] = _solver.MakeNumVar(0, longest, $"leaves {op.Id} {tier}");
                AddTransfers(op, tier, arrives, leaves, taken, queues, longest);
                AddStays(op, tier, arrives, leaves[(op.Id, tier)], queues, longest);
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

    /// <summary>Whether a flow goes from one tier to another at all: for those on the way, and for all that share links with them.</summary>
    private Dictionary<(int Flow, string? Size, Tier From, Tier To), Variable> AddTaken()
    {
        var taken = new Dictionary<(int, string?, Tier, Tier), Variable>();
        foreach (var (key, part) in _flow)
        {
            if (key.From != key.To || _layout.OnTheWay.Contains(_layout.Rates.Flows[key.Flow].To))
            {
                taken[key] = Bool($"taken {key}");
                _solver.Add(part <= taken[key]);
            }
        }

        return taken;
    }

    private void AddTransfers(
        Operator op, Tier tier, Variable arrives, Dictionary<(OperatorId, Tier), Variable> leaves, Dictionary<(int Flow, string? Size, Tier From, Tier To), Variable> taken, Queues queues, double longest)
    {
        foreach (var ((index, size, from, _), isTaken) in taken.Where(t => _layout.Rates.Flows[t.Key.Flow].To == op.Id && t.Key.To == tier))
        {
            var flow = _layout.Rates.Flows[index];
            var transfer = _layout.Latencies.TransferMs(flow, size, _layout.Link(from, tier)) / 1000;
            if (transfer > longest)
            {
                _solver.Add(isTaken == 0);
                continue;
            }

            var tail = _layout.Latencies.TailOf(op.Id);
            var most = longest + transfer;
            LinearExpr time = leaves[(flow.From, from)] + transfer;
            if (queues.Links.TryGetValue((from, tier), out var queue))
            {
                time += queue.Wait(tail);
                most += queue.MostWait(tail);
                _solver.Add(isTaken + queue.Careless <= 1);
            }

            _solver.Add(arrives >= time - most + (isTaken * most));
        }
    }

    private void AddStays(Operator op, Tier tier, Variable arrives, Variable leaves, Queues queues, double longest)
    {
        var passes = arrives + (_layout.Latencies.EventTimeMs(op) / 1000);
        _solver.Add(leaves >= passes);
        foreach (var worker in _layout.WorkersOf(op.Id).Where(w => _layout.TierOf(w.Id) == tier))
        {
            var (type, present) = (_layout.Types[worker.Id], _present[(op.Id, worker.Id)]);
            var parallelism = ServiceTable.MostParallel(op, type);
            var own = _layout.WaysOf(op.Id).Select(w => (Chosen: _chosen[(op.Id, w)], Seconds: _layout.Latencies.OwnMs(op, w, type, parallelism) / 1000)).Where(w => w.Seconds > 0).ToList();
            if (own.Count == 0)
            {
                continue;
            }

            foreach (var (chosen, seconds) in own.Where(o => o.Seconds > longest))
            {
                _solver.Add(present + chosen <= 1);
            }

            own.RemoveAll(o => o.Seconds > longest);
            var tail = _layout.Latencies.TailOf(op.Id);
            var stay = Sum(own.Select(o => o.Chosen * o.Seconds));
            var most = own.Select(o => o.Seconds).DefaultIfEmpty(0).Max();
            foreach (var queue in queues.Of(worker))
            {
                stay += queue.Wait(tail);
                most += queue.MostWait(tail);
                _solver.Add(present + queue.Careless <= 1);
            }

            // What runs on fewer cores than there are also waits in a line of its own.
            if (LatencyTable.Narrowing(type, parallelism) is > 1 and var narrow && queues.Workers[worker.Id] is { } line)
            {
                var work = _layout.WaysOf(op.Id).Max(w => _layout.Latencies.WorkMs(op, w, type)) / 1000 * narrow * tail;
                stay += Sum(line.Steps.Select(s => s.Chosen * (s.Decay * work)));
                most += line.Steps[^1].Decay * work;
            }

            _solver.Add(leaves >= passes + stay - most + (present * most));
        }
    }
}
