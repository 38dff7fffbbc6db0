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
    private readonly Dictionary<WorkerId, Variable> _used = [];

    // What is placed where: of the plan, and while a fallback is added to the program (AddSpares) of that.
    private Dictionary<(OperatorId Operator, WorkerId Worker), Variable> _present = [];
    private Dictionary<(OperatorId Operator, Way Way, WorkerId Worker), Variable> _share = [];
    private Dictionary<(SourceId Source, WorkerId Worker), Variable> _read = [];
    private Dictionary<(int Flow, string? Size, Tier From, Tier To), Variable> _flow = [];
    private Worker? _missing;
    private double _bound;

    public PlanModel(PlanningProblem problem, bool elastic)
    {
        _layout = new Layout(problem);
        _elastic = elastic;
        _solver = Solver.CreateSolver("SCIP") ?? throw new InvalidOperationException("OR-Tools has no SCIP on this platform. Install a Google.OrTools runtime package that has it.");
        AddWorkers();
        AddWays();
        AddPlacementsAndFlows();
        AddBudget();
        AddAccuracy();
        AddLatency();
        AddSpares();
    }

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

        (kind, subject) = _missing is { } missing ? (SlackKind.Spare, missing.Id.Value) : (kind, subject);
        var variable = _solver.MakeNumVar(0, most, $"slack {kind} {subject}");
        _slacks.Add(new Slack(kind, subject, variable));
        return variable * 1;
    }

    private void AddPlacementsAndFlows()
    {
        AddPlacements();
        AddSources();
        AddFlows();
        AddFusion();
        AddProportions();
        AddLimits();
        AddSharing();
        AddMemory();
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
}
