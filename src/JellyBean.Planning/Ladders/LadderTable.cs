using System.Globalization;
using System.Text;
using JellyBean.Planning.Plans;

namespace JellyBean.Planning.Ladders;

/// <summary>A ladder as a table for people.</summary>
public static class LadderTable
{
    /// <summary>Draws the ladder of a plan; empty where there is nothing to step to.</summary>
    public static string Draw(Plan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.Ladder.Length < 2)
        {
            return "";
        }

        var text = new StringBuilder("Ladder: what the same machines may run while the plan is in force, the most accurate first\n");
        foreach (var rung in plan.Ladder)
        {
            var own = rung.Ways.All(w => plan[w.Operator].Variant == w.Variant && plan[w.Operator].BatchSize == w.BatchSize) ? "  (this plan)" : "";
            var accuracies = string.Concat(rung.Accuracies.Select(a => Text($"{(rung.Accuracies.Length > 1 ? $"{a.Output} " : "")}{a.Metric} {a.Value:0.###}, ")));
            text.Append(Text($"  {accuracies}up to {rung.Capacity:0.##} × the planned rates, {rung.Cores:0.##} cores at them: {string.Join(' ', rung.Ways.Select(w => $"{w.Operator}={w.Variant}/{w.BatchSize}"))}{own}\n"));
        }

        return text.ToString();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
