using System.Collections.Immutable;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Ladders;
using JellyBean.Planning.Spares;

namespace JellyBean.Planning.Plans;

/// <summary>Works out every constraint, the cost and the predictions anew from a plan alone, trusting nobody who made it.</summary>
public static class PlanCheck
{
    /// <summary>Part of a limit by which a plan may pass it: rounding of solvers and sums.</summary>
    internal const double Tolerance = 1e-6;

    /// <summary>Checks a plan against its problem.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="problem">A valid problem.</param>
    /// <returns>Every constraint that it does not keep; empty where it keeps all.</returns>
    public static ImmutableArray<PlanViolation> Violations(Plan plan, PlanningProblem problem)
    {
        var violations = new List<PlanViolation>();
        PlanFormCheck.Check(plan, problem, violations);
        if (violations.Count > 0)
        {
            // Sums over operators or workers that are not there would only repeat these.
            return [.. violations];
        }

        var evaluation = new PlanEvaluation(problem, plan);
        PlanRouteCheck.Check(plan, problem, evaluation.Rates, violations);
        PlanLimitCheck.Check(plan, problem, evaluation, violations);
        LadderCheck.Check(plan, problem, evaluation, violations);
        SpareCheck.Check(plan, problem, evaluation, violations);
        return [.. violations];
    }

    internal static bool Exceeds(double value, double limit) => !(value <= limit + (Tolerance * Math.Max(Math.Abs(limit), Tolerance)));

    internal static bool Differs(double value, double expected) => value != expected && !(Math.Abs(value - expected) <= Tolerance * Math.Max(Math.Abs(expected), Tolerance));
}
