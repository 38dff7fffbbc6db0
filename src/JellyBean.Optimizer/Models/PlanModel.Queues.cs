using Google.OrTools.LinearSolver;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;

namespace JellyBean.Optimizer.Models;

/// <content>Where elements wait: workers, hosts that have fewer cores than their workers, links. As <see cref="QueueTail"/> says, in seconds.</content>
internal sealed partial class PlanModel
{
    /// <summary>No operator is busier for itself, on the cores that it can use, than the whole counts as.</summary>
    private StepQueue WorkerQueue(Worker worker)
    {
        var type = _layout.Types[worker.Id];
        var narrow = _layout.Operators.Where(o => _present.ContainsKey((o.Id, worker.Id)) && ServiceTable.MostParallel(o, type) < type.Cores)
            .Select(o => Cores(o.Id, worker.Id) * (1.0 / ServiceTable.MostParallel(o, type)));
        return AddSteps(worker.Id.Value, [Cores(worker.Id) * (1 / type.Cores), .. narrow], _layout.Cap);
    }

    private Dictionary<HostId, StepQueue?> AddHostQueues()
    {
        var queues = new Dictionary<HostId, StepQueue?>();
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
            queues[host.Id] = AddSteps(host.Id.Value, [Sum(workers.Select(w => Cores(w.Id) * (PlanEvaluation.HostFactor(_layout.Types[w.Id]) / host.Cores)))], _layout.Cap, roomy);
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

    /// <summary>One step of utilisation is chosen; or it is careless, and nothing may be there that latency counts of; or it is free, where nobody waits.</summary>
    private StepQueue AddSteps(string name, IReadOnlyList<LinearExpr> busy, double most, Variable? free = null)
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

        return new StepQueue(careless, exempt, steps);
    }

    /// <summary>A queue whose messages follow one another: its longest one, and the most work of a clump.</summary>
    private Queue AddQueue(string name, IReadOnlyList<LinearExpr> busy, double most, IReadOnlyList<Resident> residents, double longest)
    {
        var (careless, exempt, steps) = AddSteps(name, busy, most);
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

        return new Queue(run, scale, careless, Math.Min(longest, residents.Select(r => r.Run).DefaultIfEmpty(0).Max()), Math.Min(longest, steps[^1].Decay * largest));
    }

    /// <summary>Something that goes over a link where an expression is 1, and not where it is 0 or less.</summary>
    private sealed record Resident(LinearExpr There, double Run, double Work);

    /// <summary>Where elements wait: whether it is careless, whether that or free, and its steps.</summary>
    private sealed record StepQueue(Variable Careless, LinearExpr Exempt, IReadOnlyList<(Variable Chosen, double Decay, double Busy)> Steps);

    /// <summary>A link: its longest message, the time in which the chance of waiting longer falls by a factor of e, whether it is careless, and the most that the first two can be.</summary>
    private sealed record Queue(Variable Run, Variable Scale, Variable Careless, double MostRun, double MostScale)
    {
        public LinearExpr Wait(double tail) => Run + (Scale * tail);

        public double MostWait(double tail) => MostRun + (MostScale * tail);
    }

    private sealed record Queues(Dictionary<WorkerId, StepQueue> Workers, Dictionary<HostId, StepQueue?> Hosts, Dictionary<(Tier From, Tier To), Queue> Links);
}
