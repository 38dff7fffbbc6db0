using System.Globalization;
using JellyBean.Planning.Plans;

namespace JellyBean.Planning.Replanning;

/// <summary>Decides whether it is time to plan again, what for, and whether what comes of it is worth moving to. Pure: whoever calls it has the clock and the planner.</summary>
/// <remarks>
/// A plan that does not hold any more is left as soon as another one fits. One that holds stays for <see cref="ReplanOptions.CoolDown"/>, and longer unless another saves
/// <see cref="ReplanOptions.LeastGain"/> with moves and idle owned machines counted.
/// </remarks>
public static class ReplanPolicy
{
    /// <summary>Answers whether another plan is worth moving to.</summary>
    /// <param name="asked">What was planned for, with the catalogue as it is now and the original profile.</param>
    /// <param name="question">What was measured.</param>
    /// <param name="inForce">The plan in force.</param>
    /// <param name="plan">Plans.</param>
    public static ReplanDecision Decide(PlanningProblem asked, ReplanQuestion question, Plan inForce, Func<PlanningProblem, PlanningResult> plan)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(inForce);
        ArgumentNullException.ThrowIfNull(plan);

        // Catalogues may be changed while a plan is in force.
        if (asked.Validate() is [var error, ..])
        {
            return new ReplanDecision { Reason = $"It cannot be planned: {error}", Holds = true, CostPerHour = inForce.Cost.TotalPerHour, Drift = question.State.Drift };
        }

        var state = question.State.Observe(new ReplanMeasurement([], ServiceDrift.Of(asked, question.Runs)), question.Now, question.Options);
        var problem = Problem(asked, state, new PlanInForce(inForce, question.Options.MoveShare * inForce.Cost.TotalPerHour), question.Options);
        var decision = Weigh(problem, plan(problem), state, question.Now, question.Options);
        return decision with { Drift = state.Drift, Reason = question.Bottleneck is { } slow ? $"{slow} {decision.Reason}" : decision.Reason };
    }

    /// <summary>What is to be planned now: the rates that are to come, times as measured, and the plan in force.</summary>
    /// <param name="asked">What was planned for, with the catalogue (machines, prices, links) as it is now and the original profile.</param>
    /// <param name="state">What was measured.</param>
    /// <param name="inForce">The plan in force, and what leaving it costs.</param>
    /// <param name="options">How far ahead.</param>
    public static PlanningProblem Problem(PlanningProblem asked, ReplanState state, PlanInForce inForce, ReplanOptions options)
    {
        ArgumentNullException.ThrowIfNull(asked);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(options);

        // Less is planned for only once it is less, more already before it is more.
        double Rate(RateForecast rate) => Math.Max(rate.Level, rate.In(options.Ahead));
        return asked with
        {
            Profile = state.Recalibrated(asked.Profile, options),
            Catalogue = state.Measured(asked.Catalogue, options),
            Sources = [.. asked.Sources.Select(s => state.Rates.TryGetValue(s.Source, out var rate) && Rate(rate) > 0 ? s with { Rate = Rate(rate) } : s)],
            InForce = inForce,
        };
    }

    /// <summary>What is to be planned where a plan is needed in any case, because a machine is lost or somebody commands: as <see cref="Problem"/>, but for no less than the plan in force was made for.</summary>
    /// <remarks>Where a machine was lost, less may arrive for that very reason: nothing is given up for it. Sources that were not measured, for they wait, are planned as asked.</remarks>
    /// <param name="asked">What is planned for, with the catalogue as it is now, the original profile and the plan in force.</param>
    /// <param name="state">What was measured under that plan.</param>
    /// <param name="options">How far ahead.</param>
    public static PlanningProblem Needed(PlanningProblem asked, ReplanState state, ReplanOptions options)
    {
        ArgumentNullException.ThrowIfNull(asked);
        ArgumentNullException.ThrowIfNull(state);
        if (asked.InForce is not { } inForce)
        {
            return asked;
        }

        var planned = inForce.Plan.Sources.ToDictionary(s => s.Source, s => s.Rate);
        var problem = Problem(asked, state, inForce, options);
        return problem with { Sources = [.. problem.Sources.Select(s => state.Rates.ContainsKey(s.Source) && planned.TryGetValue(s.Source, out var before) ? s with { Rate = Math.Max(s.Rate, before) } : s)] };
    }

    /// <summary>Whether it is time to plan again.</summary>
    /// <param name="problem">As <see cref="Problem"/> gives it.</param>
    /// <param name="state">What was measured.</param>
    /// <param name="now">Now.</param>
    /// <param name="options">How often.</param>
    public static bool IsDue(PlanningProblem problem, ReplanState state, TimeSpan now, ReplanOptions options)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(options);
        if (state.PlannedAt is { } planned && now - planned < options.Every)
        {
            return false;
        }

        return IsCool(state, now, options) || (problem.InForce is { } inForce && new PlanNow(problem, inForce.Plan).Problems.Count > 0);
    }

    /// <summary>Whether another plan should take the place of the one in force.</summary>
    /// <param name="problem">As <see cref="Problem"/> gives it, with a plan in force.</param>
    /// <param name="result">What came of planning it.</param>
    /// <param name="state">What was measured.</param>
    /// <param name="now">Now.</param>
    /// <param name="options">What it must save.</param>
    public static ReplanDecision Weigh(PlanningProblem problem, PlanningResult result, ReplanState state, TimeSpan now, ReplanOptions options)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(options);
        var current = problem.InForce?.Plan ?? throw new ArgumentException("The problem has no plan in force; there is nothing to weigh another one against.", nameof(problem));
        var stands = new PlanNow(problem, current);
        var decision = new ReplanDecision
        {
            Reason = "",
            Holds = stands.Problems.Count == 0,
            CostPerHour = stands.Cost.TotalPerHour,
            NetworkPerHour = stands.Cost.NetworkPerHour,
            OtherCostPerHour = result.Plan?.Cost.TotalPerHour,
            OtherNetworkPerHour = result.Plan?.Cost.NetworkPerHour,
            MovesPerHour = result.MovesPerHour,
        };
        if (result.Plan is not { } other)
        {
            return decision with { Reason = $"{(decision.Holds ? "" : $"The plan in force does not hold. {stands.Problems[0]} ")}No other plan fits. {string.Join(' ', result.Reasons)}".TrimEnd() };
        }

        var difference = PlanDiff.Between(current, other);
        if (difference.IsEmpty)
        {
            return decision with { Reason = decision.Holds ? "The plan in force is the cheapest." : $"{stands.Problems[0]} But no plan is better." };
        }

        if (!decision.Holds)
        {
            return decision with { Proposed = other, Reason = $"{stands.Problems[0]} {Words(difference)} {Costs(decision)}" };
        }

        var gain = decision.CostPerHour - other.Cost.TotalPerHour - result.MovesPerHour;
        if (gain < options.LeastGain * decision.CostPerHour || gain <= 0)
        {
            return decision with { Reason = $"Another plan would not save the {Text($"{options.LeastGain:0 %}")} that it must. {Costs(decision)}" };
        }

        return IsCool(state, now, options)
            ? decision with { Proposed = other, Reason = $"{Words(difference)} {Costs(decision)}" }
            : decision with { Reason = $"The plan in force has not been so for {Text($"{options.CoolDown.TotalSeconds:0}")} s. {Costs(decision)}" };
    }

    private static bool IsCool(ReplanState state, TimeSpan now, ReplanOptions options) => state.ChangedAt is not { } changed || now - changed >= options.CoolDown;

    private static string Costs(ReplanDecision decision) =>
        Text($"It costs {decision.OtherCostPerHour:0.####} per hour ({decision.OtherNetworkPerHour:0.####} of it for traffic) instead of {decision.CostPerHour:0.####} ({decision.NetworkPerHour:0.####}), and moving counts {decision.MovesPerHour:0.####}.");

    private static string Words(PlanDiff difference)
    {
        string[] parts =
        [
            .. difference.Moves.Select(m => $"{m.Operator} moves from {(m.Leaves.IsEmpty ? "where it is" : string.Join(", ", m.Leaves))} to {(m.Joins.IsEmpty ? "fewer machines" : string.Join(", ", m.Joins))}"),
            .. difference.Swaps.Select(s => $"{s.Operator} runs {s.After} instead of {s.Before}"),
            .. difference.Batches.Select(b => $"{b.Operator} runs batches of {b.After} instead of {b.Before}"),
            .. difference.Resized.Select(r => $"{r} is divided otherwise"),
        ];
        return $"{string.Join("; ", parts)}.";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
