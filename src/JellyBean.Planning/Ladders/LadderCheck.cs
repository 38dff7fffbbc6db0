using System.Globalization;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Ladders;

/// <summary>Whether every rung of a plan's ladder runs on the plan's machines, meets every floor and says what it is worth.</summary>
internal static class LadderCheck
{
    public static void Check(Plan plan, PlanningProblem problem, PlanEvaluation evaluation, List<PlanViolation> violations)
    {
        if (plan.Ladder.IsEmpty)
        {
            return;
        }

        void Violated(FormattableString message) => violations.Add(new PlanViolation(PlanConstraint.Ladder, message.ToString(CultureInfo.InvariantCulture)));
        var goal = AccuracyGoal.Of(problem);
        var own = plan.Placements.Where(p => p.Variant is not null).OrderBy(p => p.Operator).Select(p => new RungWay(p.Operator, p.Variant!, p.BatchSize)).ToList();
        if (!plan.Ladder.Any(r => r.Ways.SequenceEqual(own)))
        {
            Violated($"The plan's own variants ({string.Join(", ", own.Select(w => $"{w.Operator}={w.Variant} in batches of {w.BatchSize}"))}) are no rung of its ladder.");
        }

        foreach (var twice in plan.Ladder.GroupBy(r => string.Join(", ", r.Ways.Select(w => $"{w.Operator}={w.Variant} in batches of {w.BatchSize}")), StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            Violated($"The ladder has {twice.Count()} rungs with {twice.Key}; expected one.");
        }

        foreach (var rung in plan.Ladder)
        {
            if (IsComplete(rung, plan, problem, evaluation, own, Violated))
            {
                CheckRung(rung, plan, problem, evaluation, goal, Violated);
            }
        }

        for (var i = 1; i < plan.Ladder.Length; i++)
        {
            if (plan.Ladder[i].Accuracies.Length == goal.Outputs.Length && plan.Ladder[i - 1].Accuracies.Length == goal.Outputs.Length
                && goal.Compare(Ladder.Values(plan.Ladder[i]), Ladder.Values(plan.Ladder[i - 1])) > 0)
            {
                Violated($"Rung {i + 1} of the ladder ({plan.Ladder[i].Variants}) is more accurate than the one before it; expected: the most accurate first.");
            }
        }
    }

    private static bool IsComplete(LadderRung rung, Plan plan, PlanningProblem problem, PlanEvaluation evaluation, List<RungWay> own, Action<FormattableString> violated)
    {
        if (!rung.Ways.Select(w => w.Operator).SequenceEqual(own.Select(w => w.Operator)))
        {
            violated($"A rung of the ladder is for {string.Join(", ", rung.Ways.Select(w => w.Operator))}; expected: {string.Join(", ", own.Select(w => w.Operator))}, each once.");
            return false;
        }

        var complete = true;
        foreach (var way in rung.Ways)
        {
            var op = problem.Workflow[way.Operator];
            foreach (var instance in plan[way.Operator].Instances.Where(i => evaluation.Services.RunMs(op, new Way(way.Variant, way.BatchSize), evaluation.TypeOf(i.Worker)) is null))
            {
                violated($"The rung with {rung.Variants} runs '{op.Id}' in batches of {way.BatchSize} on worker '{instance.Worker}', for whose type ({evaluation.TypeOf(instance.Worker).Id}) that was not profiled.");
                complete = false;
            }
        }

        return complete;
    }

    private static void CheckRung(LadderRung rung, Plan plan, PlanningProblem problem, PlanEvaluation own, AccuracyGoal goal, Action<FormattableString> violated)
    {
        var evaluation = new RungEvaluation(problem, plan, own, rung.Ways);
        if (evaluation.Accuracies(goal) is not { } accuracies)
        {
            violated($"The rung with {rung.Variants} does not meet every floor: {string.Join("; ", goal.Outputs.Select(o => $"{o.Output}: {o.Floor.Metric} ≥ {o.Floor.Least}"))}.");
        }
        else if (!rung.Accuracies.SequenceEqual(accuracies))
        {
            violated($"The rung with {rung.Variants} says {string.Join("; ", rung.Accuracies)}; measured: {string.Join("; ", accuracies)}.");
        }

        if (PlanCheck.Differs(rung.Capacity, evaluation.Capacity) || PlanCheck.Differs(rung.Cores, evaluation.Cores) || !(rung.Capacity > 0))
        {
            violated($"The rung with {rung.Variants} says {rung.Capacity} times the planned rates and {rung.Cores} cores; from the plan follow {evaluation.Capacity} and {evaluation.Cores}.");
        }

        if (!evaluation.FitsMemory)
        {
            violated($"The rung with {rung.Variants} does not fit into the memory of the plan's workers.");
        }

        if (!evaluation.KeepsLatency())
        {
            violated($"The rung with {rung.Variants} does not keep the latencies that are asked for.");
        }
    }
}
