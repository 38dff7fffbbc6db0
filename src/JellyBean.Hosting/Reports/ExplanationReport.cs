using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Hosting.Commands;
using JellyBean.Optimizer.Heuristics;
using JellyBean.Planning;
using JellyBean.Planning.Explanation;
using JellyBean.Planning.Plans;

namespace JellyBean.Hosting.Reports;

/// <summary>A plan and its explanation for people.</summary>
internal static class ExplanationReport
{
    /// <summary>The plan itself.</summary>
    /// <param name="prepared">What was planned.</param>
    /// <param name="change">What was changed to ask; null where nothing was.</param>
    public static string Plan(Prepared prepared, PlanChange? change)
    {
        using var text = new StringWriter();
        if (change is not null)
        {
            text.WriteLine($"What if {change.Changes}: {Changed(change, prepared.Result.Plan)}");
            text.WriteLine();
        }

        PlanReport.Write(prepared, text);
        return text.ToString();
    }

    /// <summary>Why it is so, in the order in which it is read. Each section is found when it is called, which may take long.</summary>
    /// <param name="prepared">What was planned.</param>
    /// <param name="heuristic">Asks the published planner; null where it is not compared with.</param>
    /// <param name="solve">Finds plans.</param>
    public static IEnumerable<Func<string>> Sections(Prepared prepared, Func<HeuristicAnswer?> heuristic, Func<PlanningProblem, PlanningResult> solve)
    {
        var (problem, result) = (prepared.Problem, prepared.Result);
        yield return () => heuristic() is { } answered
            ? $"The published heuristic: {Compared(answered.Answer, result.Plan, problem.Catalogue.Currency)}{Environment.NewLine}" : "";
        if (result.Plan is { } plan)
        {
            yield return () => Environment.NewLine;
            foreach (var section in ExplanationText.Sections(problem, plan, solve))
            {
                yield return section;
            }
        }

        if (result.Status == PlanningStatus.Infeasible)
        {
            yield return () => Relaxations(RelaxationSearch.Find(problem, solve), problem.Catalogue.Currency);
        }
    }

    /// <summary>The highest rates at which a plan would fit where none does; empty elsewhere.</summary>
    public static string Rates(Prepared prepared, Func<PlanningProblem, PlanningResult> solve) =>
        prepared.Result.Status == PlanningStatus.Infeasible && RelaxationSearch.FindRates(prepared.Problem, solve) is { } rates
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"The highest rates that fit: {rates.Part:0.############} times these, {rates.Part * prepared.Problem.Sources.Sum(s => s.Rate):0.##} per second in all, for {Money.PerHour(rates.CostPerHour, prepared.Problem.Catalogue.Currency)}. Without --brief: whatever else could give.{Environment.NewLine}")
            : "";

    private static string Relaxations(ImmutableArray<Relaxation> relaxations, string currency)
    {
        if (relaxations.IsEmpty)
        {
            return "";
        }

        var head = relaxations[0].Changes.Length == 1 ? "A plan would fit with any one of these:" : "A plan would fit with any of these together:";
        return head + Environment.NewLine
            + string.Concat(relaxations.Select(r => $"- {string.Join("; and ", r.Changes)}: {Money.PerHour(r.CostPerHour, currency)}{Environment.NewLine}"));
    }

    private static string Compared(PublishedAnswer? answer, Plan? plan, string currency)
    {
        if (answer is null)
        {
            return "finds no plan";
        }

        var ratio = plan?.Cost.TotalPerHour > 0 ? string.Create(CultureInfo.InvariantCulture, $", {answer.CostPerHour / plan.Cost.TotalPerHour:0.00} times this plan's") : "";
        return $"{Money.PerHour(answer.CostPerHour, currency)}{ratio} ({string.Join(' ', answer.Variants.OrderBy(v => v.Key).Select(v => $"{v.Key}={v.Value}"))})";
    }

    private static string Changed(PlanChange change, Plan? after)
    {
        if (after is null || change.Before.Plan is not { } before)
        {
            return $"{(change.Before.Plan is null ? "no plan" : Of(change.Before.Plan))} becomes {(after is null ? "no plan" : Of(after))}.";
        }

        var diff = PlanDiff.Between(before, after);
        var more = after.Cost.TotalPerHour - before.Cost.TotalPerHour;
        string[] parts =
        [
            .. diff.Swaps.Select(s => $"{s.Operator} runs {s.After} in place of {s.Before}"),
            .. diff.Moves.Select(m => $"{m.Operator} moves{(m.Leaves.IsEmpty ? "" : $" from {string.Join(", ", m.Leaves)}")}{(m.Joins.IsEmpty ? "" : $" to {string.Join(", ", m.Joins)}")}"),
            .. diff.Batches.Select(b => string.Create(CultureInfo.InvariantCulture, $"{b.Operator} takes batches of {b.After} in place of {b.Before}")),
        ];
        return $"{Of(before)} becomes {Of(after)}, {Money.PerHour(Math.Abs(more), after.Cost.Currency)} {(more >= 0 ? "more" : "less")}{PlanReport.Released(after.Cost, before.Cost)}. {(parts.Length > 0 ? string.Join("; ", parts) : "Nothing moves")}.";
    }

    private static string Of(Plan plan) => Money.PerHour(plan.Cost.TotalPerHour, plan.Cost.Currency);
}
