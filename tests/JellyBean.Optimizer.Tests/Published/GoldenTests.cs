using JellyBean.Planning;
using JellyBean.Planning.Plans;

namespace JellyBean.Optimizer.Tests.Published;

public sealed class GoldenTests
{
    [Theory]
    [InlineData("P1")]
    [InlineData("ROUTE")]
    [InlineData("BACK")]
    [InlineData("SHARE")]
    [InlineData("ALL")]
    public void Planner_published_instance_finds_every_proven_optimum(string mode)
    {
        var cells = PublishedInstance.Rows("golden.csv").Where(r => r["mode"] == mode).ToList();

        var wrong = cells.Select(c => (Cell: c, Found: Planner.Plan(ProblemOf(mode, c)))).Where(c => !Agrees(c.Cell["total"], c.Found))
            .Select(c => $"{mode} {c.Cell["accuracy"]} at {c.Cell["rate"]}: {c.Found.Status} {c.Found.Plan?.Cost.TotalPerHour} instead of {c.Cell["total"]}");

        Assert.Equal(50, cells.Count);
        Assert.Empty(wrong);
    }

    private static PlanningProblem ProblemOf(string mode, Dictionary<string, string> cell) =>
        PublishedInstance.Problem(PlanningModes.ByName[mode], PublishedInstance.Number(cell["accuracy"]), PublishedInstance.Number(cell["rate"]));

    private static bool Agrees(string total, PlanningResult found) => total.Length == 0
        ? found.Status == PlanningStatus.Infeasible
        : found.Status == PlanningStatus.Optimal && Math.Abs(found.Plan!.Cost.TotalPerHour - PublishedInstance.Number(total)) <= 1e-6 * PublishedInstance.Number(total);
}
