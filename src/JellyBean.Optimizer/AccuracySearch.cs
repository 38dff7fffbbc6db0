using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Ladders;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Profiles;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Optimizer;

/// <summary>
/// The highest accuracy that fits, as <see cref="AccuracyGoal"/> means it: the least advanced output as far as it goes, then each output, by id, as far as those before it allow; of such plans
/// the cheapest. Found by halving, as a plan for a floor is one for every lower floor.
/// </summary>
internal sealed class AccuracySearch
{
    private readonly PlanningProblem _problem;
    private readonly Func<PlanningProblem, PlanningResult> _plan;
    private readonly FlooredOutput[] _outputs;
    private readonly HashSet<(OperatorId, string?)> _measured;
    private double[] _floors;
    private PlanningResult _best;
    private bool _isProven = true;

    private AccuracySearch(PlanningProblem problem, PlanningResult cheapest, Func<PlanningProblem, PlanningResult> plan)
    {
        (_problem, _plan, _best) = (problem, plan, cheapest);
        _outputs = [.. AccuracyGoal.Of(problem).Outputs];
        _floors = [.. _outputs.Select(o => o.Floor.Least)];
        _measured = [.. problem.Profile.ServiceTimes.Select(t => (t.Operator, t.Variant))];
    }

    /// <summary>The most accurate plan.</summary>
    /// <param name="problem">What is asked.</param>
    /// <param name="plan">Finds the cheapest plan.</param>
    public static PlanningResult Plan(PlanningProblem problem, Func<PlanningProblem, PlanningResult> plan)
    {
        var cheapest = plan(problem with { Options = problem.Options with { Goal = PlanningGoal.LeastCost } });
        if (cheapest.Plan is null)
        {
            return cheapest;
        }

        var search = new AccuracySearch(problem, cheapest, plan);
        search.Run(expectsMore: true);
        var isProven = search._isProven && cheapest.Status is not PlanningStatus.Unknown;
        return search._best with { Status = isProven ? search._best.Status : PlanningStatus.Feasible, Plan = search.BestPlan };
    }

    /// <summary>The most accurate plan among those that <paramref name="plan"/> gives; null where that is the cheapest one itself.</summary>
    /// <param name="problem">What is asked.</param>
    /// <param name="cheapest">The cheapest plan for it.</param>
    /// <param name="plan">Finds plans, or none where those that there are cost more.</param>
    public static PlanningResult? Above(PlanningProblem problem, PlanningResult cheapest, Func<PlanningProblem, PlanningResult> plan)
    {
        var search = new AccuracySearch(problem, cheapest, plan);
        search.Run(expectsMore: false);
        return ReferenceEquals(search._best, cheapest) ? null : search._best with { Plan = search.BestPlan };
    }

    /// <summary>The search asked for more than was asked for: rungs below that are rungs all the same.</summary>
    private Plan BestPlan => _best.Plan!.WithLadder(_problem);

    /// <param name="expectsMore">Whether the next step is likely to be reached: else it is asked for before any other, as that ends most searches at once.</param>
    private void Run(bool expectsMore)
    {
        // All outputs together; where there are several, what is left one by one.
        var parts = _outputs.SelectMany(o => Steps(o, o.Floor.Least).Select(o.PartOf)).Distinct().Order().ToList();
        Raise(parts, part => [.. _outputs.Select((o, i) => Steps(o, _floors[i]).Prepend(_floors[i]).FirstOrDefault(v => o.PartOf(v) >= part, double.PositiveInfinity))], expectsMore);
        for (var at = 0; _outputs.Length > 1 && at < _outputs.Length; at++)
        {
            var (index, before) = (at, _floors);
            Raise([.. Steps(_outputs[at], _floors[at])], value => [.. before.Select((f, i) => i == index ? value : f)], expectsMore);
        }
    }

    private void Raise(List<double> steps, Func<double, double[]> floorsAt, bool expectsMore)
    {
        var asked = steps.Select(floorsAt).ToList();
        var (reached, missed) = (asked.FindLastIndex(Meets), steps.Count);
        for (var isFirst = true; missed - reached > 1; isFirst = false)
        {
            var middle = isFirst && !expectsMore ? reached + 1 : (reached + missed) / 2;
            var result = asked[middle].All(double.IsFinite) ? _plan(At(asked[middle])) : null;
            _isProven &= result?.Status is null or PlanningStatus.Optimal or PlanningStatus.Infeasible;
            if (result?.Plan is null)
            {
                missed = middle;
            }
            else
            {
                _best = result;
                reached = Math.Max(middle, asked.FindLastIndex(Meets));
            }
        }

        _floors = reached >= 0 ? asked[reached] : _floors;
    }

    private bool Meets(double[] floors) => _outputs.Zip(floors).All(o => _best.Plan!.Outputs.First(p => p.Output == o.First.Output).Accuracy >= o.Second);

    /// <summary>Measured values above a floor, of variants that there are.</summary>
    private IEnumerable<double> Steps(FlooredOutput output, double floor) =>
        output.Table.Rows.Where(r => r.Value > floor && r.Variants.All(IsMeasured)).Select(r => r.Value).Distinct().Order();

    private bool IsMeasured(VariantChoice choice) => _measured.Contains((choice.Operator, choice.Variant));

    private PlanningProblem At(double[] floors) => _problem with
    {
        Options = _problem.Options with { Goal = PlanningGoal.LeastCost },
        Objectives = _outputs.Select((o, i) => (o, Least: floors[i])).Aggregate(
            _problem.Objectives, (all, f) => all.SetItem(f.o.Output, _problem.ObjectivesOf((OutputOperator)_problem.Workflow[f.o.Output]) with { Accuracy = f.o.Floor with { Least = f.Least } })),
    };
}
