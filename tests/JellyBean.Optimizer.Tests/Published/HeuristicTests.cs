using System.Globalization;
using JellyBean.Optimizer.Heuristics;
using JellyBean.Planning;

namespace JellyBean.Optimizer.Tests.Published;

public sealed class HeuristicTests
{
    [Theory]
    [InlineData("total", false)]
    [InlineData("total_backtrace_variant", true)]
    public void PublishedHeuristic_answers_what_the_prototype_answers(string column, bool givesBack)
    {
        var rows = PublishedInstance.Rows("heuristic.csv").ToList();

        var wrong = rows.Select(r => (Row: r, Found: PublishedHeuristic.Plan(ProblemOf(r, PlanningModes.P1), PublishedInstance.Samples, givesBack)))
            .Where(r => r.Row[column] != (r.Found?.CostPerHour.ToString("0.000000", CultureInfo.InvariantCulture) ?? ""))
            .Select(r => $"{r.Row["accuracy"]} at {r.Row["rate"]}, cap {r.Row["utilisation"]}: {r.Found?.CostPerHour} instead of {r.Row[column]}");

        Assert.Equal(48, rows.Count);
        Assert.Empty(wrong);
    }

    [Fact]
    public void Planner_is_never_above_either_published_strategy()
    {
        var above = from row in PublishedInstance.Rows("heuristic.csv")
                    from column in new[] { "total", "total_backtrace_variant" }
                    where row[column].Length > 0
                    from mode in PlanningModes.ByName
                    let found = Planner.Plan(ProblemOf(row, mode.Value)).Plan?.Cost.TotalPerHour
                    where !(found <= PublishedInstance.Number(row[column]) + 1e-6)
                    select $"{mode.Key} {row["accuracy"]} at {row["rate"]}, cap {row["utilisation"]}: {found} above {row[column]}";

        Assert.Empty(above);
    }

    private static PlanningProblem ProblemOf(Dictionary<string, string> row, PlanningOptions mode) => PublishedInstance.Problem(
        mode with { UtilisationCap = PublishedInstance.Number(row["utilisation"]) },
        PublishedInstance.Number(row["accuracy"]),
        PublishedInstance.Number(row["rate"]),
        int.Parse(row["percentile"], CultureInfo.InvariantCulture));
}
