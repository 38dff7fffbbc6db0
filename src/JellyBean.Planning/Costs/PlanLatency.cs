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
    private readonly Dictionary<WorkerId, double> _busy;
    private readonly Dictionary<HostId, (double Cores, double Decay)> _crowded;
    private readonly Dictionary<(Tier, Tier), Wait> _links;

    public PlanLatency(PlanningProblem problem, Plan plan, PlanEvaluation evaluation, LatencyTable table)
    {
        (_problem, _plan, _evaluation, _table) = (problem, plan, evaluation, table);
        _types = problem.Catalogue.Workers.ToDictionary(w => w.Id, w => problem.Catalogue.TypeOf(w.Id));
        _placements = plan.Placements.ToDictionary(p => p.Operator);
        _busy = evaluation.UsedWorkers.ToDictionary(w => w, Busy);
        _crowded = problem.Catalogue.Hosts.Where(IsCrowded).ToDictionary(h => h.Id, h => (h.Cores, QueueTail.DecayAt(WorkersOf(h).Sum(_evaluation.HostCores) / h.Cores)));
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

        // Few instances side by side are busier than the machine is.
        var busy = Math.Max(_busy[instance.Worker], _evaluation.Cores(_placements[op.Id], instance) / instance.Parallelism);
        var stay = own + _table.WaitMs(op, way, type, instance.Parallelism, QueueTail.DecayAt(busy))
            + On(instance.Worker).Where(p => p.Placement.Operator != op.Id).Sum(p => _table.TurnMs(op, own, _problem.Workflow[p.Placement.Operator], type, 1, type.Cores));
        return WorkerOf(instance.Worker).Host is { } host && _crowded.TryGetValue(host, out var crowd) ? stay + OnHostMs(op, way, instance, own, host, crowd) : stay;
    }

    /// <summary>What a host adds that has fewer cores than its workers: its queue, and the turns of what runs on the others.</summary>
    private double OnHostMs(Operator op, Way way, Instance instance, double own, HostId host, (double Cores, double Decay) crowd)
    {
        var type = _types[instance.Worker];
        var part = PlanEvaluation.HostFactor(type);
        var others = from worker in _evaluation.UsedWorkers
                     where worker != instance.Worker && WorkerOf(worker).Host == host
                     from p in On(worker)
                     select _table.TurnMs(op, part * own, _problem.Workflow[p.Placement.Operator], _types[worker], PlanEvaluation.HostFactor(_types[worker]), crowd.Cores);
        return others.Sum() + _table.BehindMs(op, part * _table.WorkMs(op, way, type) * type.Cores / crowd.Cores, crowd.Decay);
    }

    /// <summary>A worker counts as busy as its busiest operator that cannot use all its cores.</summary>
    private double Busy(WorkerId worker)
    {
        var type = _types[worker];
        var narrow = On(worker).Where(p => ServiceTable.MostParallel(_problem.Workflow[p.Placement.Operator], type) < type.Cores).Select(p => _evaluation.Cores(p.Placement, p.Instance) / p.Instance.Parallelism);
        return narrow.Append(_evaluation.Cores(worker) / type.Cores).Max();
    }

    /// <summary>Not where the host has a core for each of its workers' that are used.</summary>
    private bool IsCrowded(SharedHost host) => WorkersOf(host).Sum(w => Math.Ceiling(_types[w].Cores)) > Math.Ceiling(host.Cores);

    private IEnumerable<WorkerId> WorkersOf(SharedHost host) => _evaluation.UsedWorkers.Where(w => WorkerOf(w).Host == host.Id);

    private Worker WorkerOf(WorkerId worker) => _problem.Catalogue.Workers.First(w => w.Id == worker);

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

    private Way WayOf(OperatorId op) => new(_placements[op].Variant, _placements[op].BatchSize);

    private List<(Placement Placement, Instance Instance)> On(WorkerId worker) =>
        [.. _plan.Placements.SelectMany(p => p.Instances.Where(i => i.Worker == worker).Select(i => (p, i)))];

    /// <summary>Waiting for the message in progress, and behind what came before.</summary>
    /// <param name="LongestMs">The longest message.</param>
    /// <param name="ScaleMs">The time in which the chance of waiting longer falls by a factor of e.</param>
    private readonly record struct Wait(double LongestMs, double ScaleMs)
    {
        public double Of(double tail) => ScaleMs > 0 ? LongestMs + (tail * ScaleMs) : LongestMs;
    }
}
