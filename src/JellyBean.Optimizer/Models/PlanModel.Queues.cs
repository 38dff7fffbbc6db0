using Google.OrTools.LinearSolver;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;

namespace JellyBean.Optimizer.Models;

/// <content>Where elements wait: workers, hosts that have fewer cores than their workers, links. As <see cref="QueueTail"/> says, in seconds.</content>
internal sealed partial class PlanModel
{
    /// <summary>All operators that take time stand in a worker's queue; none is busier for itself, on the cores that it can use, than the whole counts as.</summary>
    private Queue WorkerQueue(Worker worker, double longest)
    {
        var type = _layout.Types[worker.Id];
        var narrow = _layout.Operators.Where(o => _present.ContainsKey((o.Id, worker.Id)) && ServiceTable.MostParallel(o, type) < type.Cores)
            .Select(o => Cores(o.Id, worker.Id) * (1.0 / ServiceTable.MostParallel(o, type)));
        return AddQueue(worker.Id.Value, [Cores(worker.Id) * (1 / type.Cores), .. narrow], _layout.Cap, Residents(worker, 1, 1), longest);
    }

    private Dictionary<HostId, Queue?> AddHostQueues(double longest)
    {
        var queues = new Dictionary<HostId, Queue?>();
        foreach (var host in _layout.Problem.Catalogue.Hosts.OrderBy(h => h.Id))
        {
            var workers = _layout.Workers.Where(w => w.Host == host.Id).ToList();
            var cores = workers.Sum(w => Math.Ceiling(_layout.Types[w.Id].Cores));
            if (cores <= Math.Ceiling(host.Cores))
            {
                queues[host.Id] = null;
                continue;
            }

            // Where the workers in use have a core each, none waits for another's.
            var roomy = Bool($"roomy {host.Id}");
            _solver.Add(Sum(workers.Select(w => _used[w.Id] * Math.Ceiling(_layout.Types[w.Id].Cores))) <= cores - (roomy * (cores - Math.Ceiling(host.Cores))));
            var busy = Sum(workers.Select(w => Cores(w.Id) * (PlanEvaluation.HostFactor(_layout.Types[w.Id]) / host.Cores)));
            var residents = workers.SelectMany(w =>
            {
                var (type, part) = (_layout.Types[w.Id], PlanEvaluation.HostFactor(_layout.Types[w.Id]));
                return Residents(w, part, part * type.Cores / host.Cores);
            });
            queues[host.Id] = AddQueue(host.Id.Value, [busy], _layout.Cap, [.. residents], longest, roomy);
        }

        return queues;
    }

    private Queue LinkQueue(TierLink link, Dictionary<(int Flow, string? Size, Tier From, Tier To), Variable> taken, double longest)
    {
        var residents = new List<Resident>();
        var busy = new List<LinearExpr>();
        foreach (var (key, isTaken) in taken.Where(t => t.Key.From == link.From && t.Key.To == link.To))
        {
            var flow = _layout.Rates.Flows[key.Flow];
            busy.Add(_flow[key] * (flow.BytesPerSecond(key.Size) / link.BytesPerSecond));
            residents.Add(new Resident(isTaken * 1, LatencyTable.MessageMs(flow, key.Size, link) / 1000, _layout.Latencies.MessageWorkMs(flow, key.Size, link) / 1000));
        }

        return AddQueue($"{link.From} {link.To}", [Sum(busy)], 1, residents, longest);
    }

    private List<Resident> Residents(Worker worker, double runs, double works)
    {
        var type = _layout.Types[worker.Id];
        return
        [
            .. from op in _layout.Operators
               where _present.ContainsKey((op.Id, worker.Id))
               let ways = _layout.WaysOf(op.Id)
               from way in ways
               let run = _layout.Latencies.RunMs(op, way, type) / 1000
               where run > 0
               let present = _present[(op.Id, worker.Id)]
               select new Resident(ways.Length == 1 ? present * 1 : present + _chosen[(op.Id, way)] - 1, run * runs, _layout.Latencies.WorkMs(op, way, type) / 1000 * works),
        ];
    }

    /// <summary>A queue that one step of utilisation is chosen for; or it is careless, and nothing may stand in it that latency counts of; or nobody waits in it.</summary>
    private Queue AddQueue(string name, IReadOnlyList<LinearExpr> busy, double most, IReadOnlyList<Resident> residents, double longest, Variable? free = null)
    {
        var careless = Bool($"careless {name}");
        List<(Variable Chosen, double Decay, double Busy)> steps = [.. QueueTail.StepsTo(most).Select(s => (Bool($"step {name} {s}"), QueueTail.DecayAt(s), s))];
        LinearExpr exempt = free is null ? careless * 1 : careless + free;
        _solver.Add(Sum(steps.Select(s => s.Chosen * 1)) + exempt == 1);

        // An elastic program may need more than there is; that is another limit's to say.
        var more = exempt * (_elastic ? 1e4 : most) + (_elastic ? steps[^1].Chosen * 1e4 : new LinearExpr());
        foreach (var part in busy)
        {
            _solver.Add(part <= Sum(steps.Select(s => s.Chosen * s.Busy)) + more);
        }

        var largest = residents.Select(r => r.Work).DefaultIfEmpty(0).Max();
        var run = _solver.MakeNumVar(0, longest, $"run {name}");
        var work = _solver.MakeNumVar(0, largest, $"work {name}");
        var scale = _solver.MakeNumVar(0, longest, $"scale {name}");
        foreach (var resident in residents)
        {
            _solver.Add(run >= (resident.There * resident.Run) - (exempt * resident.Run));
            _solver.Add(work >= (resident.There * resident.Work) - (exempt * resident.Work));
        }

        foreach (var (chosen, decay, _) in steps)
        {
            _solver.Add(scale >= (work * decay) - (decay * largest) + (chosen * (decay * largest)));
        }

        return new Queue(run, scale, careless, [.. steps.Select(s => (s.Chosen, s.Decay))], Math.Min(longest, residents.Select(r => r.Run).DefaultIfEmpty(0).Max()), Math.Min(longest, steps[^1].Decay * largest));
    }

    /// <summary>Something that stands in a queue where an expression is 1, and not where it is 0 or less.</summary>
    private sealed record Resident(LinearExpr There, double Run, double Work);

    /// <summary>A queue: its longest run, the time in which the chance of waiting longer falls by a factor of e, whether it is careless, its steps, and the most that the first two can be.</summary>
    private sealed record Queue(Variable Run, Variable Scale, Variable Careless, IReadOnlyList<(Variable Chosen, double Decay)> Steps, double MostRun, double MostScale)
    {
        public LinearExpr Wait(double tail) => Run + (Scale * tail);

        public double MostWait(double tail) => MostRun + (MostScale * tail);
    }

    private sealed record Queues(Dictionary<WorkerId, Queue> Workers, Dictionary<HostId, Queue?> Hosts, Dictionary<(Tier From, Tier To), Queue> Links)
    {
        public IEnumerable<Queue> Of(Worker worker) => worker.Host is { } host && Hosts[host] is { } shared ? [Workers[worker.Id], shared] : [Workers[worker.Id]];
    }
}
