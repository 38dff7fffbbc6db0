using Google.OrTools.LinearSolver;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Optimizer.Models;

/// <content>Latency: the time from admission until an element has left an operator in a tier, along the slowest way. In seconds.</content>
internal sealed partial class PlanModel
{
    /// <summary>Part of a time that is rounding.</summary>
    private const double Rounding = 1e-9;

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
            _layout.Workers.ToDictionary(w => w.Id, WorkerQueue),
            AddHostQueues(),
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
            var present = _present[(op.Id, worker.Id)];
            var runs = RunsOf(op, worker);
            foreach (var run in runs.Where(r => r.OwnSeconds > longest))
            {
                _solver.Add(present + run.Chosen <= 1);
            }

            runs.RemoveAll(r => r.OwnSeconds > longest);
            if (runs.Count == 0)
            {
                continue;
            }

            var stay = new Bounded(Sum(runs.Select(r => r.Chosen * (r.OwnSeconds + r.BegunSeconds))), runs.Max(r => r.OwnSeconds + r.BegunSeconds));
            var type = _layout.Types[worker.Id];
            stay += Behind(op, runs, queues.Workers[worker.Id], _layout.Latencies.TailOf(op.Id) * LatencyTable.Narrowing(type, ServiceTable.MostParallel(op, type)), $"{op.Id} {worker.Id}");
            stay += Turns(op, runs, 1, OthersOn(worker, op, 1), type.Cores, $"{op.Id} {worker.Id}");
            _solver.Add(present + queues.Workers[worker.Id].Careless <= 1);
            if (worker.Host is { } host && queues.Hosts[host] is { } shared)
            {
                var (part, cores) = (PlanEvaluation.HostFactor(type), _layout.Problem.Catalogue.Hosts.First(h => h.Id == host).Cores);
                var beside = _layout.Workers.Where(w => w.Host == host && w.Id != worker.Id).SelectMany(w => OthersOn(w, null, PlanEvaluation.HostFactor(_layout.Types[w.Id])));
                var crowd = Behind(op, runs, shared, _layout.Latencies.TailOf(op.Id) * part * type.Cores / cores, $"{op.Id} {worker.Id} {host}") + Turns(op, runs, part, beside, cores, $"{op.Id} {worker.Id} {host}");
                stay += crowd with { Value = IfCrowded(crowd, shared, $"{op.Id} {worker.Id} {host}") };
                _solver.Add(present + shared.Careless <= 1);
            }

            _solver.Add(leaves >= passes + stay.Value - stay.Most + (present * stay.Most));
        }
    }

    /// <summary>The ways of an operator that take time on a worker.</summary>
    private List<RunOf> RunsOf(Operator op, Worker worker)
    {
        var type = _layout.Types[worker.Id];
        var parallelism = ServiceTable.MostParallel(op, type);
        return
        [
            .. from way in _layout.WaysOf(op.Id)
               let own = _layout.Latencies.OwnMs(op, way, type, parallelism) / 1000
               where own > 0
               select new RunOf(_chosen[(op.Id, way)], own, _layout.Latencies.BegunMs(op, way, type, parallelism) / 1000, _layout.Latencies.WorkMs(op, way, type) / 1000),
        ];
    }

    /// <summary>The wait behind what came before, by the step of utilisation that is chosen.</summary>
    private Bounded Behind(Operator op, List<RunOf> runs, StepQueue queue, double tail, string name)
    {
        var most = runs.Max(r => r.WorkSeconds) * tail;
        if (most == 0)
        {
            return Bounded.None;
        }

        var longest = queue.Steps[^1].Decay * most;
        if (_layout.WaysOf(op.Id).Length == 1)
        {
            return new Bounded(Sum(queue.Steps.Select(s => s.Chosen * (s.Decay * most))), longest);
        }

        var wait = _solver.MakeNumVar(0, longest, $"behind {name}");
        var work = Sum(runs.Select(r => r.Chosen * (r.WorkSeconds * tail)));
        foreach (var (chosen, decay, _) in queue.Steps)
        {
            _solver.Add(wait >= (work * decay) - (decay * most) + (chosen * (decay * most)));
        }

        return new Bounded(wait * 1, longest);
    }

    /// <summary>The turns of other operators that are there.</summary>
    private Bounded Turns(Operator op, List<RunOf> runs, double part, IEnumerable<(Operator Op, WorkerType Type, Variable Present, double Part)> others, double cores, string name)
    {
        var turns = Bounded.None;
        foreach (var other in others)
        {
            double Turn(RunOf run) => _layout.Latencies.TurnMs(op, part * run.OwnSeconds * 1000, other.Op, other.Type, other.Part, cores) / 1000;
            var (least, most) = (runs.Min(Turn), runs.Max(Turn));
            if (most == 0)
            {
                continue;
            }

            turns += new Bounded(other.Present * least, least);
            if (most - least > most * Rounding)
            {
                var more = _solver.MakeNumVar(0, most - least, $"turn {name} {other.Op.Id}");
                _solver.Add(more >= Sum(runs.Select(r => r.Chosen * (Turn(r) - least))) - (most - least) + (other.Present * (most - least)));
                turns += new Bounded(more * 1, most - least);
            }
        }

        return turns;
    }

    private IEnumerable<(Operator Op, WorkerType Type, Variable Present, double Part)> OthersOn(Worker worker, Operator? but, double part) =>
        _layout.Operators.Where(o => o.Id != but?.Id && _present.ContainsKey((o.Id, worker.Id))).Select(o => (o, _layout.Types[worker.Id], _present[(o.Id, worker.Id)], part));

    /// <summary>What a host adds where it has fewer cores than its workers that are used.</summary>
    private LinearExpr IfCrowded(Bounded crowd, StepQueue host, string name)
    {
        var added = _solver.MakeNumVar(0, crowd.Most, $"crowd {name}");
        _solver.Add(added >= crowd.Value - (host.Exempt * crowd.Most));
        return added * 1;
    }

    /// <summary>A way that an operator may run on a worker: whether it is chosen, an element's own runs, what it waits in any case, and the work of a clump.</summary>
    private sealed record RunOf(Variable Chosen, double OwnSeconds, double BegunSeconds, double WorkSeconds);

    /// <summary>An expression and the most that it can be.</summary>
    private sealed record Bounded(LinearExpr Value, double Most)
    {
        public static Bounded None { get; } = new(new LinearExpr(), 0);

        public static Bounded operator +(Bounded a, Bounded b) => new(a.Value + b.Value, a.Most + b.Most);
    }
}
