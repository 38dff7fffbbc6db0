using System.Globalization;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Plans;

namespace JellyBean.Planning.Spares;

/// <summary>Whether a plan has a fallback for every machine that may fail, and each fallback holds.</summary>
internal static class SpareCheck
{
    public static void Check(Plan plan, PlanningProblem problem, PlanEvaluation evaluation, List<PlanViolation> violations)
    {
        foreach (var worker in SpareMachines.MustHaveFallback(problem, evaluation.UsedWorkers).Where(w => !plan.Fallbacks.Any(f => SpareMachines.CanStandFor(problem, f.Without, w))))
        {
            violations.Add(new PlanViolation(PlanConstraint.Spare, $"Worker '{worker}' is used in tier '{problem.Catalogue.TierOf(worker)}', where any one machine may fail; the plan has no fallback without it."));
        }

        foreach (var fallback in plan.Fallbacks)
        {
            var found = new List<PlanViolation>();
            CheckFallback(fallback, plan, problem, evaluation, found);
            violations.AddRange(found.Select(v => new PlanViolation(PlanConstraint.Spare, $"While worker '{fallback.Without}' is missing: {v.Message}")));
        }
    }

    private static void CheckFallback(Fallback fallback, Plan plan, PlanningProblem problem, PlanEvaluation evaluation, List<PlanViolation> violations)
    {
        var meanwhile = plan with { Sources = fallback.Sources, Placements = fallback.Placements, Routes = fallback.Routes, Standby = [], Ladder = [], Fallbacks = [] };
        var rest = problem.Without(fallback.Without, evaluation.UsedWorkers);
        PlanFormCheck.Check(meanwhile, rest, violations);
        foreach (var placement in fallback.Placements.Where(p => plan.Placements.Any(q => q.Operator == p.Operator && (q.Variant, q.BatchSize) != (p.Variant, p.BatchSize))))
        {
            violations.Add(new PlanViolation(PlanConstraint.Variant, string.Create(CultureInfo.InvariantCulture, $"Operator '{placement.Operator}' runs variant {placement.Variant} in batches of {placement.BatchSize}; expected: as in the plan.")));
        }

        if (violations.Count > 0)
        {
            return;
        }

        var then = new PlanEvaluation(rest, meanwhile);
        PlanRouteCheck.Check(meanwhile, rest, then.Rates, violations);
        PlanLimitCheck.CheckCapacity(meanwhile, rest, then, violations);
    }
}
