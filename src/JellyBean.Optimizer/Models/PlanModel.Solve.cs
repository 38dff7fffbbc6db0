using Google.OrTools.LinearSolver;
using JellyBean.Planning.Costs;

namespace JellyBean.Optimizer.Models;

/// <content>Objectives and solving.</content>
internal sealed partial class PlanModel
{
    /// <summary>Weights of what makes one of two equally cheap plans the tidier: parts to run, cores kept busy, seconds of runs, traffic between tiers, and last the order of ids.</summary>
    private const double PresenceWeight = 0.05, BusyWeight = 1, RunSecondsWeight = 1, TrafficWeight = 0.1, OrderWeight = 1e-6;

    /// <summary>Most branch-and-bound nodes that tidiness is worth.</summary>
    private const int TidyNodes = 200;

    /// <summary>Looks for the least cost per hour.</summary>
    /// <param name="limit">How long it may take (<see cref="SearchTime"/>).</param>
    /// <param name="most">What plans that are looked for cost at most, moves included.</param>
    /// <param name="cancellation">Ends the solve.</param>
    public SolveStatus SolveForCost(TimeSpan limit, double most = double.PositiveInfinity, CancellationToken cancellation = default)
    {
        // Costs of a thousandth and of a thousand must be the same to the solver's tolerances.
        var scale = Scale();
        if (double.IsFinite(most))
        {
            _solver.Add((Cost() + MovesPrice()) * scale <= most * scale);
        }

        _solver.Minimize((Cost() + MovesPrice()) * scale);
        var status = Solve(limit, cancellation);
        _bound = _solver.Objective().BestBound() / scale;
        return status;
    }

    /// <summary>Keeps the cost that was found and looks for the tidiest plan; true if there is a solution to read.</summary>
    public bool SolveForTidiness(TimeSpan limit, CancellationToken cancellation = default)
    {
        var scale = Scale();
        var variables = _solver.variables().ToArray();
        var values = variables.Select(v => v.SolutionValue()).ToArray();
        var found = _solver.Objective().Value();
        // Which machines are paid is settled: that leaves a far smaller search.
        foreach (var (used, paid) in _used.Values.Select(u => (u, Math.Round(u.SolutionValue()))).ToList())
        {
            used.SetBounds(paid, paid);
        }

        _solver.Add((Cost() + MovesPrice()) * scale <= found + (1e-9 * Math.Max(1, found)));
        _solver.SetHint(variables, values);
        _solver.Minimize(Untidiness());

        // A limit in nodes, unlike one in time, gives the same plan on every machine.
        _solver.SetSolverSpecificParametersAsString($"limits/nodes = {TidyNodes}\n");
        return Solve(limit, cancellation) is SolveStatus.Optimal or SolveStatus.Feasible;
    }

    /// <summary>Looks for the least by which limits must be passed; for elastic models.</summary>
    public SolveStatus SolveForLimits(TimeSpan limit, CancellationToken cancellation = default)
    {
        _solver.Minimize(Sum(_slacks.Select(s => s.Variable * 1)) + (Untidiness() * 1e-5));
        return Solve(limit, cancellation);
    }

    /// <summary>What the last solve chose.</summary>
    public Solution Solution() => new(
        _layout,
        _chosen.Where(c => c.Value.SolutionValue() > 0.5).ToDictionary(c => c.Key.Operator, c => c.Key.Way),
        _present.Keys.ToDictionary(p => p, p => _layout.WaysOf(p.Operator).Sum(w => _share.TryGetValue((p.Operator, w, p.Worker), out var v) ? v.SolutionValue() : 0)),
        _read.Where(r => r.Value.SolutionValue() > 0.5).ToDictionary(r => r.Key.Source, r => r.Key.Worker),
        _flow.ToDictionary(f => f.Key, f => f.Value.SolutionValue()))
    {
        Paid = _layout.Problem.Options.SpareTiers.IsEmpty ? [] : [.. _used.Where(u => u.Value.SolutionValue() > 0.5).Select(u => u.Key)],
    };

    private SolveStatus Solve(TimeSpan limit, CancellationToken cancellation)
    {
        var time = SearchTime.Start(cancellation);
        using var parameters = new MPSolverParameters();
        parameters.SetDoubleParam(MPSolverParameters.DoubleParam.RELATIVE_MIP_GAP, 1e-9);
        parameters.SetDoubleParam(MPSolverParameters.DoubleParam.PRIMAL_TOLERANCE, 1e-9);
        _solver.SetTimeLimit((long)Math.Max(1, (limit * SearchTime.Patience).TotalMilliseconds));
        using var interruption = new Interruption(_solver, () => cancellation.IsCancellationRequested || time.Elapsed >= limit);
        var status = _solver.Solve(parameters);
        cancellation.ThrowIfCancellationRequested();
        return status switch
        {
            Solver.ResultStatus.OPTIMAL => SolveStatus.Optimal,
            Solver.ResultStatus.FEASIBLE => SolveStatus.Feasible,
            Solver.ResultStatus.INFEASIBLE => SolveStatus.Infeasible,
            _ => SolveStatus.Unknown,
        };
    }

    private LinearExpr Cost() =>
        Sum(_used.Select(u => u.Value * _layout.Types[u.Key].PricePerHour))
        + Sum(_flow.Select(f => f.Value * ServiceTable.NetworkPerHour(_layout.Rates.Flows[f.Key.Flow].BytesPerSecond(f.Key.Size), _layout.Link(f.Key.From, f.Key.To))));

    /// <summary>Each operator that starts on a worker where it does not run now, and each owned machine that is left idle.</summary>
    private LinearExpr MovesPrice()
    {
        if (_layout.Problem.InForce is not { } inForce)
        {
            return new LinearExpr();
        }

        var moves = !inForce.CountsMoves ? [] : _present.Select(p => (p.Value, Price: inForce.MoveTo(p.Key.Operator, p.Key.Worker))).Where(p => p.Price > 0).Select(p => p.Value * p.Price);
        return Sum(moves) + Sum(_layout.KeptOn.Select(w => (1 - _used[w]) * _layout.Types[w].PricePerHour));
    }

    private double Scale()
    {
        var largest = _layout.Types.Values.Select(t => t.PricePerHour)
            .Concat(_flow.Keys.Select(f => ServiceTable.NetworkPerHour(_layout.Rates.Flows[f.Flow].BytesPerSecond(f.Size), _layout.Link(f.From, f.To))))
            .Max();
        return largest > 0 ? 1000 / largest : 1;
    }

    private LinearExpr Untidiness()
    {
        var cores = _layout.Types.Values.Sum(t => t.Cores);
        var parts = Sum(_present.Values.Select(p => p * PresenceWeight));
        var busy = Sum(_layout.Workers.Select(w => Cores(w.Id) * (BusyWeight / cores)));
        var runs = Sum(_share.Select(s => s.Value
            * (RunSecondsWeight * _layout.Services.RunMs(_layout.Problem.Workflow[s.Key.Operator], s.Key.Way, _layout.Types[s.Key.Worker])!.Value / 1000)));
        var traffic = Sum(_flow.Where(f => f.Key.From != f.Key.To).Select(f => f.Value * TrafficWeight));
        var order = Sum(_share.Select((s, i) => s.Value * (OrderWeight * i / _share.Count)));
        return parts + busy + runs + traffic + order;
    }
}
