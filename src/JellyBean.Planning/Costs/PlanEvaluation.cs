using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Costs;

/// <summary>What a plan costs and is expected to give, worked out from its placements and routes alone.</summary>
/// <remarks>The plan must name only operators, variants, batch sizes and workers that its problem knows.</remarks>
public sealed class PlanEvaluation
{
    private readonly PlanningProblem _problem;
    private readonly Plan _plan;
    private readonly ServiceTable _services;
    private readonly LatencyTable _latencies;
    private readonly Dictionary<WorkerId, WorkerType> _types;
    private readonly Dictionary<OperatorId, Placement> _placements;
    private readonly ILookup<WorkerId, (Placement Placement, Instance Instance)> _on;

    /// <summary>Looks at a plan for a problem.</summary>
    public PlanEvaluation(PlanningProblem problem, Plan plan)
        : this(problem, plan, WorkflowRates.Of(problem))
    {
    }

    /// <summary>Looks at another plan for the same problem, which is quicker than to begin anew.</summary>
    public PlanEvaluation(PlanEvaluation like, Plan plan)
        : this(like._problem, plan, like.Rates, like._services, like._latencies, like._types)
    {
    }

    private PlanEvaluation(PlanningProblem problem, Plan plan, WorkflowRates rates)
        : this(problem, plan, rates, new ServiceTable(problem, rates))
    {
    }

    private PlanEvaluation(PlanningProblem problem, Plan plan, WorkflowRates rates, ServiceTable services)
        : this(problem, plan, rates, services, new LatencyTable(problem, rates, services), problem.Catalogue.Workers.ToDictionary(w => w.Id, w => problem.Catalogue.TypeOf(w.Id)))
    {
    }

    private PlanEvaluation(PlanningProblem problem, Plan plan, WorkflowRates rates, ServiceTable services, LatencyTable latencies, Dictionary<WorkerId, WorkerType> types)
    {
        (_problem, _plan, Rates, _services, _latencies, _types) = (problem, plan, rates, services, latencies, types);
        _placements = plan.Placements.ToDictionary(p => p.Operator);
        _on = plan.Placements.SelectMany(p => p.Instances, (p, i) => (p, i)).ToLookup(p => p.i.Worker);
        UsedWorkers = [.. plan.Placements.SelectMany(p => p.Instances).Select(i => i.Worker).Concat(plan.Sources.Select(s => s.Worker)).Concat(plan.Standby).Distinct().Order()];
    }

    /// <summary>The rates that the plan is for.</summary>
    public WorkflowRates Rates { get; }

    /// <summary>The type of a machine.</summary>
    internal WorkerType TypeOf(WorkerId worker) => _types[worker];

    /// <summary>How long runs take.</summary>
    internal ServiceTable Services => _services;

    /// <summary>The workers that the plan uses and pays, by id; those that stand by among them.</summary>
    public ImmutableArray<WorkerId> UsedWorkers { get; }

    /// <summary>Cores that an operator's part on a worker keeps busy.</summary>
    public double Cores(Placement placement, Instance instance) =>
        (_services.Cores(_problem.Workflow[placement.Operator], new Way(placement.Variant, placement.BatchSize), _types[instance.Worker]) ?? 0) * instance.Share;

    /// <summary>Cores that a worker keeps busy.</summary>
    public double Cores(WorkerId worker) => On(worker).Sum(p => Cores(p.Placement, p.Instance));

    /// <summary>Cores that a worker keeps busy on the host that it shares: added delay keeps none busy.</summary>
    public double HostCores(WorkerId worker) => Cores(worker) * HostFactor(_types[worker]);

    /// <summary>Part of a worker's busy time that is work on its host.</summary>
    public static double HostFactor(WorkerType type) => type.IsEmulated ? type.SpeedFactor : 1;

    /// <summary>Bytes that a worker's instances hold.</summary>
    public long MemoryBytes(WorkerId worker) =>
        On(worker).Sum(p => p.Instance.Parallelism * _services.MemoryBytes(_problem.Workflow[p.Placement.Operator], new Way(p.Placement.Variant, p.Placement.BatchSize)));

    /// <summary>Bytes per second from one tier to another.</summary>
    public double BytesPerSecond(Tier from, Tier to) =>
        _plan.Routes.Where(r => _types[r.FromWorker].Tier == from && _types[r.ToWorker].Tier == to).Sum(r => r.BytesPerSecond);

    /// <summary>What the plan costs.</summary>
    public PlanCost Cost() => new()
    {
        ComputePerHour = UsedWorkers.Sum(w => _types[w].PricePerHour),
        OwnedPerHour = UsedWorkers.Where(w => _types[w].Ownership == Ownership.Owned).Sum(w => _types[w].PricePerHour),
        NetworkPerHour = _problem.Catalogue.Links.OrderBy(l => l.From.Name, StringComparer.Ordinal).ThenBy(l => l.To.Name, StringComparer.Ordinal)
            .Sum(l => ServiceTable.NetworkPerHour(BytesPerSecond(l.From, l.To), l)),
        Currency = _problem.Catalogue.Currency,
    };

    /// <summary>How busy each used worker is, by id.</summary>
    public ImmutableArray<WorkerPrediction> Workers() =>
        [.. UsedWorkers.Select(w => new WorkerPrediction { Worker = w, Utilisation = Cores(w) / _types[w].Cores, MemoryBytes = MemoryBytes(w) })];

    /// <summary>What each output gives, by id.</summary>
    public ImmutableArray<OutputPrediction> Outputs()
    {
        var leaves = new PlanLatency(_problem, _plan, this, _latencies).LeavesAtMs();
        return [.. _problem.Workflow.Operators.OfType<OutputOperator>().OrderBy(o => o.Id).Select(o =>
        {
            var (asked, floor) = (_problem.ObjectivesOf(o), _problem.ObjectivesOf(o).Accuracy);
            return new OutputPrediction
            {
                Output = o.Id,
                Rate = Rates.Taken(o.Id),
                P99Ms = leaves.Where(l => l.Key.Operator == o.Id).Max(l => l.Value),
                MostP99Ms = asked.P99?.TotalMilliseconds,
                Metric = floor?.Metric,
                Accuracy = floor is null ? null : AccuracyTable.Of(_problem, o.Id, floor.Metric).ValueOf(id => _placements.GetValueOrDefault(id)?.Variant),
            };
        })];
    }

    private IEnumerable<(Placement Placement, Instance Instance)> On(WorkerId worker) => _on[worker];
}
