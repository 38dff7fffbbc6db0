using System.Collections.Immutable;
using JellyBean.Optimizer.Models;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Optimizer.Latencies;

/// <summary>Looks for plans that are quick enough by trying: from a few drafts on, one thing is changed at a time as long as that brings the plan nearer to what is asked.</summary>
/// <remarks>
/// First with all machines, so that there soon is a plan where there is one; then on ever dearer sets of machines, as long as they cost less than what was found. Variants that ask the least of
/// machines are tried first. Nothing is proven: what is found holds, what is not found may be there. The same way, a plan that was found is made quicker at no more cost.
/// </remarks>
internal sealed class QuickPlans
{
    /// <summary>Combinations of variants that are tried on a set of machines.</summary>
    private const int MostVariants = 4;

    /// <summary>Workers up to which changing one thing at a time gets anywhere soon.</summary>
    private const int MostWorkers = 24;

    private const int MostSteps = 40;

    /// <summary>Part of its latencies by which a plan must be quicker to be worth another look.</summary>
    private const double Quicker = 0.01;

    private readonly PlanningProblem _problem;
    private readonly Layout _layout;
    private readonly SearchTime _time;
    private readonly TimeSpan _until;
    private readonly Lazy<ImmutableArray<ImmutableDictionary<OperatorId, Way>>> _ways;
    private PlanEvaluation? _tables;
    private bool _isHeld;

    private QuickPlans(PlanningProblem problem, Layout layout, SearchTime time, TimeSpan until)
    {
        (_problem, _layout, _time, _until) = (problem, layout, time, until);
        _ways = new(() => [.. Variants.Meeting(problem, layout).Take(MostVariants)]);
    }

    /// <summary>The best plan that was found, <paramref name="best"/> if none is better; null where there is none.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="layout">Its layout.</param>
    /// <param name="best">The plan to be beaten.</param>
    /// <param name="time">The search's time.</param>
    /// <param name="until">Of which so much may have passed at the end.</param>
    public static Plan? Search(PlanningProblem problem, Layout layout, Plan? best, SearchTime time, TimeSpan until)
    {
        if (problem.Options.Routing != Routing.Free || layout.Workers.Length > MostWorkers)
        {
            return best;
        }

        var search = new QuickPlans(problem, layout, time, until);
        best = best is null ? search.On([.. layout.Workers.Select(w => w.Id)], null) : best;
        foreach (var (workers, price) in new MachineSets(layout).ByPrice())
        {
            var most = best is null ? double.PositiveInfinity : LatencyPlanner.CostOf(best, problem);
            if (price >= most * (1 - LatencyPlanner.Gain) || search.IsOver)
            {
                break;
            }

            best = search.On(workers, best) ?? best;
        }

        return best;
    }

    /// <summary>A plan on the machines of another one; null where none was found.</summary>
    public static Plan? On(PlanningProblem problem, Layout layout, Plan other, SearchTime time)
    {
        var workers = other.Workers.Select(w => w.Worker).Order().ToImmutableArray();
        return problem.Options.Routing == Routing.Free && workers.Length <= MostWorkers ? new QuickPlans(problem, layout, time, problem.Options.TimeLimit).On(workers, null) : null;
    }

    /// <summary>A plan with the same variants on the same machines, no operator on more of them, that costs no more and is quicker where latencies are asked for; null where none was found.</summary>
    public static Plan? Than(PlanningProblem problem, Layout layout, Plan plan, SearchTime time)
    {
        var workers = plan.Workers.Select(w => w.Worker).Order().ToImmutableArray();
        if (problem.Options.Routing != Routing.Free || workers.Length > MostWorkers || Draft.Of(plan, layout) is not { } draft)
        {
            return null;
        }

        var search = new QuickPlans(problem, layout, time, problem.Options.TimeLimit) { _isHeld = true };
        return search.Descend(draft, workers) is { } quicker && search.Lateness(quicker) < search.Lateness(plan) * (1 - Quicker)
            && LatencyPlanner.CostOf(quicker, problem) <= LatencyPlanner.CostOf(plan, problem) * (1 + LatencyPlanner.Gain)
            ? LatencyPlanner.Held(quicker, problem, time.Cancellation)
            : null;
    }

    private bool IsOver => _time.LeftOf(_until) == TimeSpan.Zero;

    /// <summary>A plan on a set of machines that is better than the best; null where none was found.</summary>
    private Plan? On(ImmutableArray<WorkerId> workers, Plan? best)
    {
        var found = default(Plan);
        foreach (var ways in _ways.Value.Where(w => HasRoom(w, workers)))
        {
            foreach (var draft in Starts(ways, workers))
            {
                if (IsOver)
                {
                    return found;
                }

                if (Descend(draft, workers) is { } plan && LatencyPlanner.Held(plan, _problem, _time.Cancellation) is { } held
                    && (best is null || LatencyPlanner.CostOf(held, _problem) < LatencyPlanner.CostOf(best, _problem)))
                {
                    (found, best) = (held, held);
                }
            }

            if (found is not null)
            {
                // Others on the same machines could only save traffic.
                return found;
            }
        }

        return found;
    }

    /// <summary>Whether machines have the time that operators need on those that are quickest with them.</summary>
    private bool HasRoom(ImmutableDictionary<OperatorId, Way> ways, ImmutableArray<WorkerId> workers)
    {
        var needed = 0.0;
        foreach (var op in _layout.Operators.Where(o => o is not InputOperator))
        {
            var least = Possible(op, ways[op.Id], workers).Select(w => _layout.Services.Cores(op, ways[op.Id], _layout.Types[w])!.Value / _layout.Types[w].Cores).DefaultIfEmpty(double.PositiveInfinity).Min();
            needed += least;
        }

        return needed <= workers.Length * _layout.Cap * (1 + 1e-9) && _layout.Sources.All(s => ReadersOf(s, workers).Any());
    }

    private IEnumerable<WorkerId> Possible(Operator op, Way way, ImmutableArray<WorkerId> workers) =>
        _layout.WorkersOf(op.Id).Select(w => w.Id).Where(w => workers.Contains(w) && _layout.Services.RunMs(op, way, _layout.Types[w]) is not null);

    private IEnumerable<WorkerId> ReadersOf(SourceDemand source, ImmutableArray<WorkerId> workers) => _layout.WorkersOf(source).Select(w => w.Id).Where(workers.Contains);

    /// <summary>Everything on one machine as far as it may be there, for each machine; what may not is where it may.</summary>
    private IEnumerable<Draft> Starts(ImmutableDictionary<OperatorId, Way> ways, ImmutableArray<WorkerId> workers)
    {
        foreach (var type in workers.GroupBy(w => _layout.Types[w].Id).Select(g => g.First()))
        {
            yield return new Draft(
                ways,
                _layout.Operators.Where(o => o is not InputOperator).ToImmutableDictionary(o => o.Id, o => ImmutableArray.Create(Possible(o, ways[o.Id], workers).OrderBy(w => w == type ? 0 : 1).ThenBy(w => w).First())),
                _layout.Sources.ToImmutableDictionary(s => s.Source, s => ReadersOf(s, workers).OrderBy(w => w == type ? 0 : 1).ThenBy(w => w).First()));
        }
    }

    /// <summary>Changes one thing at a time as long as that helps; null where something does not hold at the end.</summary>
    private Plan? Descend(Draft draft, ImmutableArray<WorkerId> workers)
    {
        var (plan, best) = Weigh(draft);
        for (var step = 0; step < MostSteps && !IsOver; step++)
        {
            var isBetter = false;
            foreach (var other in Neighbours(draft, workers).ToList())
            {
                var weighed = Weigh(other);
                if (weighed.Weight.CompareTo(best) < 0)
                {
                    (draft, (plan, best), isBetter) = (other, weighed, true);
                }
            }

            if (!isBetter)
            {
                break;
            }
        }

        return best.Short == 0 ? plan : null;
    }

    private IEnumerable<Draft> Neighbours(Draft draft, ImmutableArray<WorkerId> workers)
    {
        foreach (var source in _layout.Sources)
        {
            foreach (var worker in ReadersOf(source, workers).Where(w => w != draft.Reads[source.Source]))
            {
                yield return draft with { Reads = draft.Reads.SetItem(source.Source, worker) };
            }
        }

        foreach (var op in _layout.Operators.Where(o => o is not InputOperator))
        {
            var (now, way) = (draft.Workers[op.Id], draft.Ways[op.Id]);
            foreach (var worker in Possible(op, way, workers).Where(w => now is not [var only] || w != only))
            {
                yield return draft with { Workers = draft.Workers.SetItem(op.Id, [worker]) };
                if (!_isHeld && !now.Contains(worker) && !ServiceTable.IsWhole(op, _problem.Options))
                {
                    yield return draft with { Workers = draft.Workers.SetItem(op.Id, [.. now.Add(worker).Order()]) };
                }
            }

            foreach (var other in _layout.WaysOf(op.Id).Where(w => w.Variant == way.Variant && w != way))
            {
                yield return draft with { Ways = draft.Ways.SetItem(op.Id, other) };
            }
        }
    }

    private (Plan Plan, Weight Weight) Weigh(Draft draft)
    {
        var (solution, stranded) = draft.Solve(_layout);
        var plan = PlanAssembly.Draft(solution);
        var evaluation = _tables = _tables is null ? new PlanEvaluation(_problem, plan) : new PlanEvaluation(_tables, plan);
        plan = plan with { Cost = evaluation.Cost(), Outputs = evaluation.Outputs(), Workers = evaluation.Workers() };
        return (plan, new Weight(Shortfall.Of(_problem, plan, evaluation) + (100 * stranded), LatencyPlanner.CostOf(plan, _problem), _isHeld ? Lateness(plan) : 0));
    }

    /// <summary>What is asked for counts, each latency as a part of that.</summary>
    private double Lateness(Plan plan) => plan.Outputs.Sum(o => _problem.ObjectivesOf((OutputOperator)_problem.Workflow[o.Output]).P99 is { } p99 ? o.P99Ms / p99.TotalMilliseconds : 0);

    /// <summary>First what is missing, then what it costs, then how late it is, where nothing was missing to begin with.</summary>
    private readonly record struct Weight(double Short, double Cost, double Late) : IComparable<Weight>
    {
        private const double Same = 1e-12;

        public int CompareTo(Weight other) => Short < other.Short - Same ? -1 : Short > other.Short + Same ? 1 : Cost < other.Cost - Same ? -1 : Cost > other.Cost + Same ? 1
            : Late < other.Late - Same ? -1 : Late > other.Late + Same ? 1 : 0;
    }
}
