using System.Collections.Immutable;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Simulation;

/// <summary>A plan's stations, the machines that they run on, and the ways between them.</summary>
internal sealed class PlanNetwork
{
    private readonly PlanningProblem _problem;
    private readonly WorkflowRates _rates;
    private readonly Dictionary<(OperatorId, WorkerId), Station> _stations = [];
    private readonly Dictionary<Station, ImmutableArray<Fork>> _forks = [];
    private readonly Dictionary<(Tier, Tier), Wire> _wires;

    public PlanNetwork(PlanningProblem problem, Plan plan, EventQueue events, Random random)
    {
        _problem = problem;
        _rates = WorkflowRates.Of(problem);
        var services = new ServiceTable(problem, _rates);
        var hosts = problem.Catalogue.Hosts.ToDictionary(h => h.Id, h => new SharedCores(h.Cores, events));
        var machines = problem.Catalogue.Workers.ToDictionary(
            w => w.Id, w => new Machine(w.Id, problem.Catalogue.TypeOf(w.Id), w.Host is { } host ? hosts[host] : new SharedCores(double.PositiveInfinity, events), events));
        _wires = problem.Catalogue.Links.ToDictionary(l => (l.From, l.To), l => new Wire(l, events));
        foreach (var op in problem.Workflow.Operators)
        {
            foreach (var instance in plan[op.Id].Instances)
            {
                var runs = new RunTimes(problem, services, op, plan[op.Id], problem.Catalogue.TypeOf(instance.Worker), random);
                var station = _stations[(op.Id, instance.Worker)] = new Station(op, plan[op.Id], instance, runs, machines[instance.Worker], events);
                machines[instance.Worker].Add(station);
            }
        }

        var routes = plan.Routes.ToLookup(r => (r.From, r.FromWorker));
        foreach (var station in Stations)
        {
            _forks[station] = [.. routes[(station.Operator.Id, station.Instance.Worker)].GroupBy(r => (r.To, r.InputIndex)).Select(g => ForkOf(plan, [.. g]))];
        }

        Machines = [.. new PlanEvaluation(problem, plan).UsedWorkers.Select(w => machines[w])];
    }

    public IEnumerable<Station> Stations => _stations.Values;

    public ImmutableArray<Machine> Machines { get; }

    public IEnumerable<Wire> Wires => _wires.Values;

    /// <summary>Elements that wait, over all queues.</summary>
    public long Waiting => Stations.Sum(s => (long)s.Waiting);

    public Station this[OperatorId op, WorkerId worker] => _stations[(op, worker)];

    public ImmutableArray<Fork> ForksOf(Station station) => _forks[station];

    public double KeptBytes(OperatorId expand) => _problem.Profile.Outputs.First(o => o.Operator == expand).KeptBytes;

    /// <summary>Where an expand operator's parts come together, and over which link what it kept goes there.</summary>
    public (Station Regroup, Wire? Over) RegroupOf(Station expand)
    {
        var regroup = _problem.Workflow.Operators.First(o => o is RegroupOperator && _problem.Workflow[o.Inputs[0]].Inputs[0] == expand.Operator.Id);
        var to = Stations.First(s => s.Operator == regroup);
        return (to, WireBetween(expand.Instance.Worker, to.Instance.Worker));
    }

    public void Restart()
    {
        foreach (var station in Stations)
        {
            station.Restart();
        }

        foreach (var machine in Machines)
        {
            machine.Restart();
        }

        foreach (var wire in Wires)
        {
            wire.Restart();
        }
    }

    private Fork ForkOf(Plan plan, List<PlannedRoute> routes)
    {
        var flow = _rates.Flows.First(f => f.From == routes[0].From && f.To == routes[0].To && f.InputIndex == routes[0].InputIndex);
        var total = routes.Sum(r => r.Rate);
        return new Fork(
            flow.Rate > 0 ? flow.BytesPerSecond(plan[flow.From].Variant) / flow.Rate : 0,
            [.. routes.Select(r => (_stations[(r.To, r.ToWorker)], WireBetween(r.FromWorker, r.ToWorker), total > 0 ? r.Rate / total : 1.0 / routes.Count))]);
    }

    private Wire? WireBetween(WorkerId from, WorkerId to) => _wires.GetValueOrDefault((_problem.Catalogue.TierOf(from), _problem.Catalogue.TierOf(to)));
}
