using System.Globalization;
using JellyBean.Hosting.Commands;
using JellyBean.Optimizer.Heuristics;
using JellyBean.Planning.Explanation;
using JellyBean.Planning.Plans;

namespace JellyBean.Hosting.Reports;

/// <summary>A plan and its explanation for people.</summary>
internal static class ExplanationReport
{
    public static void Write(ExplainedPlan explained, TextWriter writer)
    {
        var (problem, plan) = (explained.Prepared.Problem, explained.Prepared.Result.Plan);
        if (explained.Change is { } change)
        {
            writer.WriteLine($"What if {change.Changes}: {Changed(change, plan)}");
            writer.WriteLine();
        }

        PlanReport.Write(explained.Prepared, writer);
        if (explained.Heuristic is { } heuristic)
        {
            writer.WriteLine($"The published heuristic: {Compared(heuristic.Answer, plan, problem.Catalogue.Currency)}");
        }

        if (plan is not null && explained.Explanation is { } explanation)
        {
            writer.WriteLine();
            writer.Write(ExplanationText.Write(explanation, plan, problem));
        }

        if (explained.Relaxations is { IsEmpty: false } relaxations)
        {
            writer.WriteLine(relaxations[0].Changes.Length == 1 ? "A plan would fit with any one of these:" : "A plan would fit with any of these together:");
            foreach (var relaxation in relaxations)
            {
                writer.WriteLine($"- {string.Join("; and ", relaxation.Changes)}: {Money.PerHour(relaxation.CostPerHour, problem.Catalogue.Currency)}");
            }
        }
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
