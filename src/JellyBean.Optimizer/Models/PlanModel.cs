using Google.OrTools.LinearSolver;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Optimizer.Models;

/// <summary>
/// The plan as a mixed-integer program. Chosen: one way (variant × batch size) per operator, its share on each worker, the workers that are paid, and how each flow is divided
/// between tiers. Flows are fractions and loads are cores, so that rates of any size make numbers of one size.
/// </summary>
/// <remarks>Elastic, it lets limits be passed at a price and asks how little that must be: the explanation where no plan fits.</remarks>
internal sealed partial class PlanModel : IDisposable
{
    private readonly Layout _layout;
    private readonly Solver _solver;
    private readonly bool _elastic;
    private readonly List<Slack> _slacks = [];
    private readonly Dictionary<(OperatorId Operator, Way Way), Variable> _chosen = [];
    private readonly Dictionary<(OperatorId Operator, WorkerId Worker), Variable> _present = [];
    private readonly Dictionary<(OperatorId Operator, Way Way, WorkerId Worker), Variable> _share = [];
    private readonly Dictionary<WorkerId, Variable> _used = [];
    private readonly Dictionary<(SourceId Source, WorkerId Worker), Variable> _read = [];
    private readonly Dictionary<(int Flow, string? Size, Tier From, Tier To), Variable> _flow = [];
    private double _bound;

    public PlanModel(PlanningProblem problem, bool elastic)
    {
        _layout = new Layout(problem);
        _elastic = elastic;
        _solver = Solver.CreateSolver("SCIP") ?? throw new InvalidOperationException("OR-Tools has no SCIP on this platform. Install a Google.OrTools runtime package that has it.");
        AddWorkers();
        AddPlacements();
        AddSources();
        AddFlows();
        AddLimits();
        AddMemory();
        AddAccuracy();
        AddLatency();
    }

    public TimeSpan Elapsed => TimeSpan.FromMilliseconds(_solver.WallTime());

    public double BoundPerHour => double.IsFinite(_bound) ? Math.Max(0, _bound) : 0;

    public string Description => FormattableString.Invariant($"SCIP, {_solver.NumVariables()} variables, {_solver.NumConstraints()} constraints, {_solver.Nodes()} nodes");

    /// <summary>The limits that an elastic solution passes, and by how much.</summary>
    public IEnumerable<(Slack Slack, double By)> PassedLimits => _slacks.Select(s => (s, s.Variable.SolutionValue())).Where(s => s.Item2 > 1e-6);

    public void Dispose() => _solver.Dispose();

    private static double Fraction(double part, double whole) => whole > 0 ? part / whole : 0;

    private Variable Bool(string name) => _solver.MakeBoolVar(name);

    private Variable Between0And1(string name) => _solver.MakeNumVar(0, 1, name);

    private static LinearExpr Sum(IEnumerable<LinearExpr> terms) => new SumArray([.. terms]);

    /// <summary>0, or where the model is elastic a price to pay for passing a limit by a part of itself.</summary>
    private LinearExpr Slack(SlackKind kind, string subject, double most = 1e4)
    {
        if (!_elastic)
        {
            return new LinearExpr();
        }

        var variable = _solver.MakeNumVar(0, most, $"slack {kind} {subject}");
        _slacks.Add(new Slack(kind, subject, variable));
        return variable * 1;
    }

    private void AddWorkers()
    {
        foreach (var worker in _layout.Workers)
        {
            _used[worker.Id] = Bool($"used {worker.Id}");
        }

        foreach (var (worker, next) in _layout.Workers.Zip(_layout.Workers.Skip(1)))
        {
            // Machines that can stand in for each other are taken in the order of their ids.
            if (_layout.AreAlike(worker, next))
            {
                _solver.Add(_used[worker.Id] >= _used[next.Id]);
            }
        }
    }

    private void AddPlacements()
    {
        foreach (var op in _layout.Operators)
        {
            var ways = _layout.WaysOf(op.Id);
            var workers = _layout.WorkersOf(op.Id);
            foreach (var way in ways)
            {
                _chosen[(op.Id, way)] = Bool($"way {op.Id} {way.Variant} {way.BatchSize}");
            }

            _solver.Add(Sum(ways.Select(w => _chosen[(op.Id, w)] * 1)) == 1);
            foreach (var worker in workers)
            {
                var present = _present[(op.Id, worker.Id)] = Bool($"present {op.Id} {worker.Id}");
                _solver.Add(present <= _used[worker.Id]);
                foreach (var way in ways.Where(w => _layout.Services.RunMs(op, w, _layout.Types[worker.Id]) is not null))
                {
                    _share[(op.Id, way, worker.Id)] = Between0And1($"share {op.Id} {way.Variant} {way.BatchSize} {worker.Id}");
                }

                _solver.Add(ShareOn(op.Id, worker.Id) <= present);
            }

            foreach (var way in ways)
            {
                _solver.Add(Sum(workers.Where(w => _share.ContainsKey((op.Id, way, w.Id))).Select(w => _share[(op.Id, way, w.Id)] * 1)) == _chosen[(op.Id, way)]);
            }

            if (ServiceTable.IsWhole(op, _layout.Problem.Options))
            {
                _solver.Add(Sum(workers.Select(w => _present[(op.Id, w.Id)] * 1)) == 1);
            }
        }
    }

    private LinearExpr ShareOn(OperatorId op, WorkerId worker, Func<Way, bool>? counts = null) =>
        Sum(_layout.WaysOf(op).Where(w => _share.ContainsKey((op, w, worker)) && counts?.Invoke(w) is not false).Select(w => _share[(op, w, worker)] * 1));

    private LinearExpr ShareIn(OperatorId op, Tier tier, Func<Way, bool>? counts = null) =>
        Sum(_layout.WorkersOf(op).Where(w => _layout.TierOf(w.Id) == tier).Select(w => ShareOn(op, w.Id, counts)));

    private void AddSources()
    {
        foreach (var source in _layout.Sources)
        {
            var workers = _layout.WorkersOf(source).ToList();
            foreach (var worker in workers)
            {
                _read[(source.Source, worker.Id)] = Bool($"read {source.Source} {worker.Id}");
            }

            _solver.Add(Sum(workers.Select(w => _read[(source.Source, w.Id)] * 1)) == 1);
        }

        foreach (var input in _layout.Operators.OfType<InputOperator>())
        {
            var sources = _layout.Sources.Where(s => s.Input == input.Id).ToList();
            foreach (var worker in _layout.WorkersOf(input.Id))
            {
                var reads = sources.Where(s => _read.ContainsKey((s.Source, worker.Id)))
                    .Select(s => _read[(s.Source, worker.Id)] * Fraction(s.Rate, _layout.Rates.Taken(input.Id)));
                _solver.Add(ShareOn(input.Id, worker.Id) == Sum(reads));
            }
        }
    }

    /// <summary>Each flow leaves a tier as its sender's share there, and comes to a tier as its receiver's share there; several flows into one receiver together.</summary>
    /// <remarks>Where a sender's variants make results of different sizes, each has a flow of its own. Traffic inside a tier is free, so that workers need not be told apart; the routes between workers are laid afterwards.</remarks>
    private void AddFlows()
    {
        var flows = _layout.Rates.Flows;
        for (var i = 0; i < flows.Length; i++)
        {
            var (flow, index) = (flows[i], i);
            foreach (var from in _layout.TiersOf(flow.From))
            {
                foreach (var size in flow.Sizes)
                {
                    foreach (var to in _layout.TiersOf(flow.To).Where(t => _layout.MaySend(from, t)))
                    {
                        _flow[(i, size, from, to)] = Between0And1($"flow {flow.From} {size} {flow.To} {flow.InputIndex} {from} {to}");
                    }

                    var leaves = _flow.Where(f => f.Key.Flow == index && f.Key.Size == size && f.Key.From == from).Select(f => f.Value * 1);
                    _solver.Add(Sum(leaves) == ShareIn(flow.From, from, w => w.Variant == size || (size is null && !flow.Sizes.Contains(w.Variant))));
                }
            }
        }

        foreach (var op in _layout.Operators.Where(o => o.Inputs.Length > 0))
        {
            var into = Enumerable.Range(0, flows.Length).Where(i => flows[i].To == op.Id).ToList();
            var total = into.Sum(i => _layout.Weight(flows[i]));
            foreach (var tier in _layout.TiersOf(op.Id))
            {
                var arrives = _flow.Where(f => into.Contains(f.Key.Flow) && f.Key.To == tier).Select(f => f.Value * (_layout.Weight(flows[f.Key.Flow]) / total));
                _solver.Add(Sum(arrives) == ShareIn(op.Id, tier));
            }
        }
    }

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
                _solver.Add(count >= _share[key]);
                _solver.Add(count >= _share[key] * (_layout.Services.Cores(op, key.Way, type)!.Value / _layout.Cap));
                held.Add(count * (bytes / type.MemoryBytes));
            }

            _solver.Add(Sum(held) <= 1 + Slack(SlackKind.Memory, worker.Id.Value));
        }
    }

    private void AddAccuracy()
    {
        foreach (var output in _layout.Operators.OfType<OutputOperator>())
        {
            if (_layout.Problem.ObjectivesOf(output).Accuracy is not { } floor)
            {
                continue;
            }

            var rows = AccuracyTable.Of(_layout.Problem, output.Id, floor.Metric).Rows;
            var met = rows.Where(r => r.Value >= floor.Least).ToDictionary(r => r, r => Bool($"row {floor.Metric} {AccuracyTable.Describe(r)}"));
            LinearExpr Chosen(Planning.Profiles.VariantChoice choice) =>
                Sum(_layout.WaysOf(choice.Operator).Where(w => w.Variant == choice.Variant).Select(w => _chosen[(choice.Operator, w)] * 1));
            foreach (var (row, variable) in met)
            {
                foreach (var choice in row.Variants)
                {
                    _solver.Add(variable <= Chosen(choice));
                }
            }

            var missed = Slack(SlackKind.Accuracy, output.Id.Value, most: 1);
            _solver.Add(Sum(met.Values.Select(v => v * 1)) + missed >= 1);
            foreach (var row in rows.Where(r => r.Value < floor.Least))
            {
                // A row below the floor that the plan meets must be overruled by a more specific one above it.
                var overruling = met.Where(m => AccuracyTable.IsMoreSpecific(m.Key, row)).Select(m => m.Value * 1);
                _solver.Add(Sum(row.Variants.Select(Chosen)) - (row.Variants.Length - 1) <= Sum(overruling) + missed);
            }
        }
    }

    private IEnumerable<TierLink> Links() =>
        _layout.Problem.Catalogue.Links.OrderBy(l => l.From.Name, StringComparer.Ordinal).ThenBy(l => l.To.Name, StringComparer.Ordinal);
}

/// <summary>A limit that an elastic model may pass, and the variable that says by which part of itself.</summary>
internal sealed record Slack(SlackKind Kind, string Subject, Variable Variable);

internal enum SlackKind
{
    Utilisation,
    OneInstance,
    Host,
    Bandwidth,
    Memory,
    Accuracy,
    Latency,
}
