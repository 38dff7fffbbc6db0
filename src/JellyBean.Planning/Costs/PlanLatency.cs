using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Costs;

/// <summary>A plan's time from admission until an element has left an operator in a tier: along the slowest way, the slowest worker of each tier counting.</summary>
internal sealed class PlanLatency
{
    private readonly PlanningProblem _problem;
    private readonly Plan _plan;
    private readonly PlanEvaluation _evaluation;
    private readonly LatencyTable _table;
    private readonly Dictionary<WorkerId, WorkerType> _types;
    private readonly Dictionary<OperatorId, Placement> _placements;
    private readonly Dictionary<WorkerId, (Wait Wait, double Busy)> _workers;
    private readonly Dictionary<HostId, Wait> _hosts;
    private readonly Dictionary<(Tier, Tier), Wait> _links;

    public PlanLatency(PlanningProblem problem, Plan plan, PlanEvaluation evaluation, LatencyTable table)
    {
        (_problem, _plan, _evaluation, _table) = (problem, plan, evaluation, table);
        _types = problem.Catalogue.Workers.ToDictionary(w => w.Id, w => problem.Catalogue.TypeOf(w.Id));
        _placements = plan.Placements.ToDictionary(p => p.Operator);
        _workers = evaluation.UsedWorkers.ToDictionary(w => w, WorkerQueue);
        _hosts = problem.Catalogue.Hosts.ToDictionary(h => h.Id, HostQueue);
        _links = problem.Catalogue.Links.ToDictionary(l => (l.From, l.To), LinkQueue);
    }

    /// <summary>Milliseconds, by operator and tier.</summary>
    public Dictionary<(OperatorId Operator, Tier Tier), double> LeavesAtMs()
    {
        var leaves = new Dictionary<(OperatorId Operator, Tier Tier), double>();
        var arrives = new Dictionary<(OperatorId, Tier), double>();
        var routes = _plan.Routes.ToLookup(r => (r.From, r.To, r.InputIndex));
        foreach (var op in _problem.Workflow.Operators)
        {
            foreach (var flow in _evaluation.Rates.Flows.Where(f => f.To == op.Id))
            {
                foreach (var (from, to) in routes[(flow.From, flow.To, flow.InputIndex)].Select(r => (_types[r.FromWorker].Tier, _types[r.ToWorker].Tier)).Distinct())
                {
                    var time = leaves.GetValueOrDefault((flow.From, from)) + TransferMs(flow, from, to);
                    arrives[(op.Id, to)] = Math.Max(time, arrives.GetValueOrDefault((op.Id, to)));
                }
            }

            foreach (var part in _placements[op.Id].Instances.GroupBy(i => _types[i.Worker].Tier))
            {
                leaves[(op.Id, part.Key)] = arrives.GetValueOrDefault((op.Id, part.Key)) + _table.EventTimeMs(op) + part.Max(i => StayMs(op, i));
            }
        }

        return leaves;
    }

    private double TransferMs(FlowRate flow, Tier from, Tier to) =>
        _table.TransferMs(flow, _placements[flow.From].Variant, _problem.Catalogue.LinkBetween(from, to)) + _links.GetValueOrDefault((from, to)).Of(_table.TailOf(flow.To));

    private double StayMs(Operator op, Instance instance)
    {
        var (way, type) = (WayOf(op.Id), _types[instance.Worker]);
        var own = _table.OwnMs(op, way, type, instance.Parallelism);
        if (own == 0)
        {
            // What takes no time needs no core.
            return 0;
        }

        var (wait, busy) = _workers[instance.Worker];
        var narrow = LatencyTable.Narrowing(type, instance.Parallelism);
        var tail = _table.TailOf(op.Id);

        // What runs on fewer cores than there are also waits in a line of its own.
        var inLine = narrow > 1 ? tail * QueueTail.DecayAt(Math.Max(busy, Busy(_placements[op.Id], instance))) * narrow * _table.WorkMs(op, way, type) : 0;
        var host = _problem.Catalogue.Workers.First(w => w.Id == instance.Worker).Host is { } id ? _hosts[id] : default;
        return wait.Of(tail) + host.Of(tail) + inLine + own;
    }

    /// <summary>A worker counts as busy as its busiest operator that cannot use all its cores.</summary>
    private (Wait, double Busy) WorkerQueue(WorkerId worker)
    {
        var (type, here) = (_types[worker], On(worker));
        var narrow = here.Where(p => ServiceTable.MostParallel(_problem.Workflow[p.Placement.Operator], type) < type.Cores).Select(p => Busy(p.Placement, p.Instance));
        var busy = narrow.Append(_evaluation.Cores(worker) / type.Cores).Max();
        return (Queue(here.Select(p => (RunMs(p.Placement, type), WorkMs(p.Placement, type))), QueueTail.DecayAt(busy)), busy);
    }

    private double Busy(Placement placement, Instance instance) => _evaluation.Cores(placement, instance) / instance.Parallelism;

    /// <summary>None where the host has a core for each of its workers'.</summary>
    private Wait HostQueue(SharedHost host)
    {
        var workers = _evaluation.UsedWorkers.Where(w => _problem.Catalogue.Workers.First(c => c.Id == w).Host == host.Id).ToList();
        if (workers.Sum(w => Math.Ceiling(_types[w].Cores)) <= Math.Ceiling(host.Cores))
        {
            return default;
        }

        var members = from worker in workers
                      let type = _types[worker]
                      let part = PlanEvaluation.HostFactor(type)
                      from p in On(worker)
                      select (part * RunMs(p.Placement, type), part * WorkMs(p.Placement, type) * type.Cores / host.Cores);
        return Queue(members, QueueTail.DecayAt(workers.Sum(_evaluation.HostCores) / host.Cores));
    }

    private Wait LinkQueue(TierLink link)
    {
        var flows = _evaluation.Rates.Flows.ToDictionary(f => (f.From, f.To, f.InputIndex));
        var members = from route in _plan.Routes
                      where _types[route.FromWorker].Tier == link.From && _types[route.ToWorker].Tier == link.To
                      let flow = flows[(route.From, route.To, route.InputIndex)]
                      let variant = _placements[route.From].Variant
                      select (LatencyTable.MessageMs(flow, variant, link), _table.MessageWorkMs(flow, variant, link));
        return Queue(members, QueueTail.DecayAt(_evaluation.BytesPerSecond(link.From, link.To) / link.BytesPerSecond));
    }

    private static Wait Queue(IEnumerable<(double RunMs, double WorkMs)> members, double decay)
    {
        var busy = members.Where(m => m.RunMs > 0).ToList();
        return busy.Count > 0 ? new Wait(busy.Max(m => m.RunMs), decay * busy.Max(m => m.WorkMs)) : default;
    }

    private double RunMs(Placement placement, WorkerType type) => _table.RunMs(_problem.Workflow[placement.Operator], WayOf(placement.Operator), type);

    private double WorkMs(Placement placement, WorkerType type) => _table.WorkMs(_problem.Workflow[placement.Operator], WayOf(placement.Operator), type);

    private Way WayOf(OperatorId op) => new(_placements[op].Variant, _placements[op].BatchSize);

    private List<(Placement Placement, Instance Instance)> On(WorkerId worker) =>
        [.. _plan.Placements.SelectMany(p => p.Instances.Where(i => i.Worker == worker).Select(i => (p, i)))];

    /// <summary>Waiting for the run in progress, and behind what came before.</summary>
    /// <param name="LongestMs">The longest run of any operator there.</param>
    /// <param name="ScaleMs">The time in which the chance of waiting longer falls by a factor of e.</param>
    private readonly record struct Wait(double LongestMs, double ScaleMs)
    {
        public double Of(double tail) => ScaleMs > 0 ? LongestMs + (tail * ScaleMs) : LongestMs;
    }
}
