using System.Collections.Immutable;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Profiles;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Ladders;

/// <summary>Finds the variants that a plan's machines may run in place of the plan's: every floor is met, memory suffices, latencies are kept.</summary>
/// <remarks>
/// Operators whose variants no accuracy row names keep the plan's: nothing is known to speak for another. A variant that is not the plan's runs with the batch size that keeps cores least
/// busy, or, where a latency forbids that, with one that is no larger than the plan's. Of two rungs of which one is at least as accurate everywhere and has as much capacity, only that one
/// stays; the plan's own always stays. Where larger batches of the plan's own variants take more and latencies allow it, they are a rung, too.
/// </remarks>
public static class Ladder
{
    /// <summary>Most rungs; more are of no use to whoever steps on them.</summary>
    public const int MostRungs = 16;

    /// <summary>A rung that takes less than this part of the planned rates does not run on these machines in any sense that helps.</summary>
    private const double LeastCapacity = 0.1;

    /// <summary>Larger batches of the plan's own variants are a rung of their own if they take so many times as much.</summary>
    private const double LeastWider = 1.05;

    /// <summary>Most assignments that are looked at, the most accurate rows first.</summary>
    private const int MostAssignments = 512;

    /// <summary>The plan with its ladder, most accurate rung first; without one where the workflow asks no model.</summary>
    /// <param name="plan">A plan that passes the plan check.</param>
    /// <param name="problem">What it is for.</param>
    public static Plan WithLadder(this Plan plan, PlanningProblem problem)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(problem);
        return plan with { Ladder = Of(plan, problem) };
    }

    private static ImmutableArray<LadderRung> Of(Plan plan, PlanningProblem problem)
    {
        var own = plan.Placements.Where(p => p.Variant is not null).OrderBy(p => p.Operator).ToImmutableArray();
        if (own.IsEmpty)
        {
            return [];
        }

        var goal = AccuracyGoal.Of(problem);
        var evaluation = new PlanEvaluation(problem, plan);
        LadderRung? Rung(ImmutableArray<RungWay>? ways) => RungOf(problem, plan, evaluation, goal, ways);
        var self = Rung([.. own.Select(p => new RungWay(p.Operator, p.Variant!, p.BatchSize))]);
        var others = Assignments(problem, goal, own)
            .Where(a => own.Any(p => a[p.Operator] != p.Variant))
            .Select(a => Rung(WaysOf(problem, evaluation, own, a, keepsBatch: false)) ?? Rung(WaysOf(problem, evaluation, own, a, keepsBatch: true)))
            .OfType<LadderRung>().Where(r => r.Capacity >= LeastCapacity).ToList();
        if (self is null)
        {
            return [];
        }

        // More in larger batches comes before less accuracy.
        var wider = Rung([.. own.Select(p => WayOf(problem, evaluation, p, p.Variant!, keepsBatch: false) is { } way && way.BatchSize > p.BatchSize ? way : new RungWay(p.Operator, p.Variant!, p.BatchSize))]);
        return Order(goal, self, wider is not null && wider.Capacity >= self.Capacity * LeastWider ? [.. others, wider] : others);
    }

    private static LadderRung? RungOf(PlanningProblem problem, Plan plan, PlanEvaluation own, AccuracyGoal goal, ImmutableArray<RungWay>? ways)
    {
        if (ways is not { } chosen)
        {
            return null;
        }

        var evaluation = new RungEvaluation(problem, plan, own, chosen);
        return evaluation.Accuracies(goal) is { } accuracies && evaluation.FitsMemory && evaluation.KeepsLatency()
            ? new LadderRung { Ways = chosen, Accuracies = accuracies, Capacity = evaluation.Capacity, Cores = evaluation.Cores }
            : null;
    }

    /// <summary>Variants by operator: for each output a row at or above its floor, all else as in the plan or, where rows of other combinations name it, any.</summary>
    private static IEnumerable<ImmutableSortedDictionary<OperatorId, string>> Assignments(PlanningProblem problem, AccuracyGoal goal, ImmutableArray<Placement> own)
    {
        var named = goal.Outputs.SelectMany(o => o.Table.Rows).SelectMany(r => r.Variants).Select(v => v.Operator).ToHashSet();
        var parts = goal.Outputs.Aggregate(
            (IEnumerable<ImmutableSortedDictionary<OperatorId, string>>)[ImmutableSortedDictionary<OperatorId, string>.Empty],
            (found, output) => found.SelectMany(f => output.Table.Rows.Where(r => r.Value >= output.Floor.Least).Select(r => Join(f, r))).OfType<ImmutableSortedDictionary<OperatorId, string>>());
        return parts.SelectMany(part => own.Aggregate(
                (IEnumerable<ImmutableSortedDictionary<OperatorId, string>>)[part],
                (all, p) => part.ContainsKey(p.Operator) ? all : all.SelectMany(a => (named.Contains(p.Operator) ? VariantsOf(problem, p) : [p.Variant!]).Select(v => a.Add(p.Operator, v)))))
            .Take(MostAssignments)
            .DistinctBy(a => string.Join('\n', a.Select(v => v.Value)), StringComparer.Ordinal)
            .Where(a => goal.ValuesOf(id => a.GetValueOrDefault(id)) is not null);
    }

    private static ImmutableSortedDictionary<OperatorId, string>? Join(ImmutableSortedDictionary<OperatorId, string> part, AccuracyRow row) =>
        row.Variants.All(v => !part.TryGetValue(v.Operator, out var variant) || variant == v.Variant)
            ? part.SetItems(row.Variants.Select(v => KeyValuePair.Create(v.Operator, v.Variant)))
            : null;

    private static IEnumerable<string> VariantsOf(PlanningProblem problem, Placement placement) => ((InferOperator)problem.Workflow[placement.Operator]).Variants.Select(v => v.Name);

    private static ImmutableArray<RungWay>? WaysOf(
        PlanningProblem problem, PlanEvaluation evaluation, ImmutableArray<Placement> own, ImmutableSortedDictionary<OperatorId, string> variants, bool keepsBatch)
    {
        var ways = own.Select(p => variants[p.Operator] == p.Variant
            ? new RungWay(p.Operator, p.Variant, p.BatchSize)
            : WayOf(problem, evaluation, p, variants[p.Operator], keepsBatch)).OfType<RungWay>().ToImmutableArray();
        return ways.Length == own.Length ? ways : null;
    }

    /// <summary>Null where a machine of the operator's has no times of the variant.</summary>
    private static RungWay? WayOf(PlanningProblem problem, PlanEvaluation evaluation, Placement placement, string variant, bool keepsBatch)
    {
        var op = problem.Workflow[placement.Operator];
        var types = placement.Instances.Select(i => (i.Share, Type: evaluation.TypeOf(i.Worker))).ToList();
        var possible = evaluation.Services.WaysOf(op).Where(w => w.Variant == variant && types.All(t => evaluation.Services.RunMs(op, w, t.Type) is not null)).ToList();
        var chosen = keepsBatch
            ? possible.Where(w => w.BatchSize <= placement.BatchSize).MaxBy(w => w.BatchSize) ?? possible.MinBy(w => w.BatchSize)
            : possible.OrderBy(w => types.Sum(t => t.Share * evaluation.Services.Cores(op, w, t.Type)!.Value)).ThenBy(w => w.BatchSize).FirstOrDefault();
        return chosen is null ? null : new RungWay(op.Id, variant, chosen.BatchSize);
    }

    private static ImmutableArray<LadderRung> Order(AccuracyGoal goal, LadderRung own, List<LadderRung> others)
    {
        bool Beats(LadderRung a, LadderRung b) => a.Capacity >= b.Capacity && a.Accuracies.Zip(b.Accuracies).All(v => v.First.Value >= v.Second.Value);
        var kept = others.Where((r, i) => !Beats(own, r) && !others.Where((o, j) => j != i && Beats(o, r) && (j < i || !Beats(r, o))).Any()).Append(own);
        var sorted = kept.OrderByDescending(r => r, Comparer<LadderRung>.Create((a, b) => goal.Compare(Values(a), Values(b)))).ThenBy(r => r.Capacity).ThenBy(r => r.Variants, StringComparer.Ordinal).ToList();
        if (sorted.Count <= MostRungs)
        {
            return [.. sorted];
        }

        var chosen = Enumerable.Range(0, MostRungs - 1).Select(i => sorted[(int)Math.Round(i * (sorted.Count - 1.0) / (MostRungs - 2))]).Append(own).ToHashSet(ReferenceEqualityComparer.Instance);
        return [.. sorted.Where(chosen.Contains)];
    }

    internal static ImmutableArray<double> Values(LadderRung rung) => [.. rung.Accuracies.Select(a => a.Value)];
}
