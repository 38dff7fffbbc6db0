using System.Collections.Immutable;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Optimizer.Models;

/// <summary>What can be chosen at all: operators in the workflow's order, the ways they can run, the workers and tiers that they may be on. All by id, so that answers do not depend on the order of rows.</summary>
internal sealed class Layout
{
    private readonly Dictionary<OperatorId, ImmutableArray<Worker>> _workersOf = [];
    private readonly Dictionary<OperatorId, ImmutableArray<Way>> _waysOf = [];

    private readonly IReadOnlyDictionary<WorkerTypeId, double>? _caps;

    /// <param name="problem">The problem.</param>
    /// <param name="caps">Most of the cores of machines of a type that may be busy, where that is less than is allowed.</param>
    public Layout(PlanningProblem problem, IReadOnlyDictionary<WorkerTypeId, double>? caps = null)
    {
        (Problem, _caps) = (problem, caps);
        Rates = WorkflowRates.Of(problem);
        Services = new ServiceTable(problem, Rates);
        Latencies = new LatencyTable(problem, Rates, Services);
        OnTheWay = [.. Operators.OfType<OutputOperator>().Where(o => problem.ObjectivesOf(o).P99 is not null).SelectMany(o => LatencyTable.WayTo(problem.Workflow, o))];
        Fused = Fusion.Of(problem, Rates, Services);
        Workers = [.. problem.Catalogue.Workers.OrderBy(w => w.Id)];
        Types = Workers.ToDictionary(w => w.Id, w => problem.Catalogue.TypeOf(w.Id));
        KeptOn = problem.InForce?.KeptOn(problem.Catalogue) ?? [];
        Sources = [.. problem.Sources.OrderBy(s => s.Source)];
        foreach (var op in problem.Workflow.Operators)
        {
            _waysOf[op.Id] = Services.WaysOf(op);
            _workersOf[op.Id] = [.. Workers.Where(w => MayHold(op, w))];
        }
    }

    public PlanningProblem Problem { get; }

    public WorkflowRates Rates { get; }

    public ServiceTable Services { get; }

    public LatencyTable Latencies { get; }

    /// <summary>The operators on the way to outputs that ask for a latency.</summary>
    public ImmutableHashSet<OperatorId> OnTheWay { get; }

    /// <summary>Whether an output asks for a latency.</summary>
    public bool AsksLatency => OnTheWay.Count > 0;

    /// <summary>Whether an operator runs on as many cores as it can, since less would keep elements waiting, or on as many as its elements need.</summary>
    public bool IsWide(OperatorId op) => OnTheWay.Contains(op) && Problem.Profile.ServiceTimes.Any(t => t.Operator == op && t.ServiceMs > 0);

    /// <summary>The operators that run wherever their results are taken, with the taker.</summary>
    public ImmutableDictionary<OperatorId, OperatorId> Fused { get; }

    public ImmutableArray<Worker> Workers { get; }

    public Dictionary<WorkerId, WorkerType> Types { get; }

    public ImmutableArray<SourceDemand> Sources { get; }

    /// <summary>Owned machines of the plan in force: leaving them saves nothing.</summary>
    public ImmutableArray<WorkerId> KeptOn { get; }

    public ImmutableArray<Operator> Operators => Problem.Workflow.Operators;

    public double Cap => Problem.Options.UtilisationCap;

    /// <summary>Most of the cores of machines of a type that may be busy.</summary>
    public double CapOf(WorkerType type) => _caps?.GetValueOrDefault(type.Id, Cap) ?? Cap;

    public ImmutableArray<Worker> WorkersOf(OperatorId op) => _workersOf[op];

    public ImmutableArray<Way> WaysOf(OperatorId op) => _waysOf[op];

    public IEnumerable<Tier> TiersOf(OperatorId op) => WorkersOf(op).Select(w => TierOf(w.Id)).Distinct().OrderBy(t => t.Name, StringComparer.Ordinal);

    public Tier TierOf(WorkerId worker) => Types[worker].Tier;

    public bool MaySend(Tier from, Tier to) =>
        from == to || (Link(from, to) is not null && (Problem.Options.AllowBackwardTraffic || Problem.Catalogue.IsForward(from, to)));

    public TierLink? Link(Tier from, Tier to) => Problem.Catalogue.LinkBetween(from, to);

    /// <summary>Elements of a flow as a weight among the flows into its receiver; equal weights where nothing passes at all.</summary>
    public double Weight(FlowRate flow) => Rates.Flows.Where(f => f.To == flow.To).Sum(f => f.Rate) > 0 ? flow.Rate : 1;

    /// <summary>Whether each input of an operator is divided as the operator is: what is joined must meet, and proportions are the same for all.</summary>
    public bool TakesInputsAlike(Operator op) => ServiceTable.TakesInputsAlike(op, Problem.Options);

    /// <summary>Whether an operator keeps cores of a machine busy at all.</summary>
    public bool TakesTime(Operator op, WorkerType type) => WaysOf(op.Id).Any(w => Services.RunMs(op, w, type) > 0);

    /// <summary>Whether two workers can stand in for each other in every plan.</summary>
    public bool AreAlike(Worker a, Worker b) => a.Type == b.Type && a.Host == b.Host && !IsBound(a) && !IsBound(b) && KeptOn.Contains(a.Id) == KeptOn.Contains(b.Id)
        && (Problem.InForce is not { CountsMoves: true } inForce || Operators.All(o => inForce.Runs(o.Id, a.Id) == inForce.Runs(o.Id, b.Id)));

    /// <summary>Whether some worker's memory would not hold the largest of everything that it may run.</summary>
    public bool MayLackMemory() => Types.Values.Distinct().Any(t => t.MemoryBytes < Operators.Where(o => o is not InputOperator && !t.IsSourceOnly)
        .Sum(o => WaysOf(o.Id).Max(w => (double)Services.MemoryBytes(o, w)) * ServiceTable.MostParallel(o, t)));

    /// <summary>Whether work must be whole on one worker.</summary>
    public bool HoldsUndividedWork() =>
        Operators.Any(o => ServiceTable.IsWhole(o, Problem.Options) && Types.Values.Distinct().Any(t => TakesTime(o, t)));

    /// <summary>The workers on which a source can be read.</summary>
    public IEnumerable<Worker> WorkersOf(SourceDemand source) =>
        Workers.Where(w => Types[w.Id].Serves(source.Tier) && (source.Worker is null || source.Worker == w.Id) && (!Problem.Options.OwnedOnly || Types[w.Id].Ownership == Ownership.Owned));

    /// <summary>Whether no source, sink or host binds a worker.</summary>
    public bool IsFree(Worker worker) => worker.Host is null && !IsBound(worker);

    private bool IsBound(Worker worker) => Sources.Any(s => s.Worker == worker.Id) || Problem.SinkWorkers.ContainsValue(worker.Id);

    private bool MayHold(Operator op, Worker worker)
    {
        var type = Types[worker.Id];
        if (Problem.Options.OwnedOnly && type.Ownership != Ownership.Owned)
        {
            return false;
        }

        if (op is InputOperator)
        {
            return Sources.Any(s => s.Input == op.Id && WorkersOf(s).Any(w => w.Id == worker.Id));
        }

        if (Problem.SinkWorkers.TryGetValue(op.Id, out var sink))
        {
            return sink == worker.Id && !type.IsSourceOnly && type.Serves(Problem.PinOf(op) ?? type.Tier);
        }

        return !type.IsSourceOnly && type.Serves(Problem.PinOf(op) ?? Problem.Options.OnlyTier ?? type.Tier);
    }
}
