using JellyBean.Optimizer.Models;
using JellyBean.Optimizer.Pools;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;

namespace JellyBean.Optimizer.Latencies;

/// <summary>Looks for plans that are quick enough among those that pools give when machines may be less busy.</summary>
/// <remarks>
/// First all types of machines alike: the steps of utilisation from the top, with runs of any batch size and of one, operators sharing machines and not. Then, from the cheapest that was quick enough, one type
/// after the other is let be busier again, as long as that saves something and stays quick enough: a large neighbourhood, each of whose programs is solved whole.
/// </remarks>
internal sealed class CautiousPools
{
    private static readonly TimeSpan EachProgram = TimeSpan.FromSeconds(0.5);

    private readonly PlanningProblem _problem;
    private readonly Layout _layout;
    private readonly SearchTime _time;
    private readonly TimeSpan _until;
    private Plan? _best;

    private CautiousPools(PlanningProblem problem, Layout layout, Plan? best, SearchTime time, TimeSpan until) =>
        (_problem, _layout, _best, _time, _until) = (problem, layout, best, time, until);

    /// <summary>The best plan that was found, <paramref name="best"/> if none is better; null where there is none, or workers must be told apart.</summary>
    public static Plan? Search(PlanningProblem problem, Layout layout, PlanningProblem without, Plan? best, SearchTime time, TimeSpan until)
    {
        without = Apart(without);
        if (PoolLayout.TryCreate(new Layout(without)) is null)
        {
            return best;
        }

        var search = new CautiousPools(problem, layout, best, time, until);
        PlanningProblem[] kinds =
        [
            without,
            without with { Profile = without.Profile with { ServiceTimes = [.. without.Profile.ServiceTimes.Where(t => t.BatchSize == 1)] } },
            without with { Options = without.Options with { Sharing = WorkerSharing.Exclusive } },
        ];
        foreach (var kind in kinds.DistinctBy(k => (k.Options.Sharing, k.Profile.ServiceTimes.Length)).Where(k => k.Options.Routing == Routing.Free || k == without))
        {
            search.Descend(kind);
        }

        return search._best;
    }

    /// <summary>As if each worker were a machine of its own with memory enough, and nothing ran now: what comes of that is held against the whole problem.</summary>
    private static PlanningProblem Apart(PlanningProblem problem) => problem with
    {
        InForce = null,
        Catalogue = problem.Catalogue with
        {
            Hosts = [],
            Workers = [.. problem.Catalogue.Workers.Select(w => w with { Host = null })],
            WorkerTypes = [.. problem.Catalogue.WorkerTypes.Select(t => t with { MemoryBytes = long.MaxValue })],
        },
    };

    private bool IsOver => _time.LeftOf(_until) == TimeSpan.Zero;

    private void Descend(PlanningProblem kind)
    {
        var steps = QueueTail.StepsTo(_problem.Options.UtilisationCap).Select(s => Math.Min(s, _problem.Options.UtilisationCap)).ToList();
        for (var step = steps.Count - 1; step >= 0 && !IsOver; step--)
        {
            var caps = _layout.Types.Values.Select(t => t.Id).Distinct().ToDictionary(t => t, _ => step);
            if (Try(kind, caps, steps))
            {
                Climb(kind, caps, steps);
                return;
            }
        }
    }

    private void Climb(PlanningProblem kind, Dictionary<WorkerTypeId, int> caps, List<double> steps)
    {
        for (var isBetter = true; isBetter && !IsOver;)
        {
            isBetter = false;
            foreach (var type in caps.Keys.Order().Where(t => caps[t] < steps.Count - 1).ToList())
            {
                foreach (var step in new[] { steps.Count - 1, caps[type] + 1 }.Distinct())
                {
                    var raised = new Dictionary<WorkerTypeId, int>(caps) { [type] = step };
                    if (!IsOver && Try(kind, raised, steps))
                    {
                        (caps[type], isBetter) = (step, true);
                        break;
                    }
                }
            }
        }
    }

    /// <summary>Whether machines that are so busy give a plan that is quick enough and better than the best.</summary>
    private bool Try(PlanningProblem kind, Dictionary<WorkerTypeId, int> caps, List<double> steps)
    {
        var layout = new Layout(kind, caps.ToDictionary(c => c.Key, c => steps[c.Value]));
        if (PoolSearch.TryCreate(layout, cancellation: _time.Cancellation) is not { } search)
        {
            return false;
        }

        var most = _best is null ? _problem.Options.BudgetPerHour * (1 + 1e-9) ?? double.PositiveInfinity : LatencyPlanner.CostOf(_best, _problem);
        var left = _time.LeftOf(_until);
        search.Run(left < EachProgram ? left : EachProgram, below: most, gap: 1e-4);
        if (search.Best is not { } found)
        {
            return false;
        }

        var plan = PlanAssembly.Widen(_problem, _layout, PlanAssembly.Assemble(kind, found.ByWorkers()));
        if (LatencyPlanner.Held(plan, _problem, _time.Cancellation) is not { } held || (_best is not null && held.Cost.TotalPerHour >= _best.Cost.TotalPerHour))
        {
            return false;
        }

        _best = held;
        return true;
    }
}
