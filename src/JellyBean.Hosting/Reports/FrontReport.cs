using System.Globalization;
using JellyBean.Planning.Plans;

namespace JellyBean.Hosting.Reports;

/// <summary>What accuracy costs, for people.</summary>
internal static class FrontReport
{
    public static void Write(AccuracyFront front, TextWriter writer)
    {
        if (front.Points.Length > 0)
        {
            writer.WriteLine($"What {front.Metric} of '{front.Output}' costs: measured accuracy, predicted cost");
            writer.WriteLine();
            var table = new TextTable(front.Metric, Money.Unit(front.Points[0].Plan.Cost.Currency), "times the cheapest", "p99", "variants", "workers");
            foreach (var p in front.Points)
            {
                table.Add(
                    p.AccuracyText,
                    p.CostText,
                    Text($"{p.Plan.Cost.TotalPerHour / front.Points[0].Plan.Cost.TotalPerHour:0.00}"),
                    Milliseconds.AtMost(p.Plan.Outputs.First(o => o.Output == front.Output).P99Ms),
                    p.Variants,
                    string.Join(" ", PlanReport.UsedWorkers(p.Plan)));
            }

            writer.WriteLine(table);
        }

        foreach (var reason in front.Limits)
        {
            writer.WriteLine($"no more: {reason}");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
