using System.Globalization;
using JellyBean.Optimizer;
using JellyBean.Planning;

namespace JellyBean.Benchmarks.Figures;

/// <summary>A plan is in force; a rate changes, or a worker that it uses is lost: what planning again takes, with what is known and without.</summary>
internal static class PlannerReplan
{
    public static Figure Figure { get; } = new("planner.replan", ["ms-p95"], "at most 50 ms of processor time at 9 × 3, and never more work than from nothing", _ => Task.FromResult(Measure()));

    private static FigureValue Measure()
    {
        var changes = PlannerCells.Cells.Where(c => c.Row["mode"] == "ALL").SelectMany(c => Changes(c.Problem)).ToList();
        changes.ForEach(c => Planner.Plan(c));
        var (warm, cold, dearer) = (new List<double>(), new List<double>(), 0);
        foreach (var change in changes)
        {
            var (known, fresh) = (default(PlanningResult)!, default(PlanningResult)!);
            warm.Add(PlannerCells.Milliseconds(() => known = Planner.Plan(change)));
            cold.Add(PlannerCells.Milliseconds(() => fresh = Planner.Plan(change with { InForce = null })));
            dearer += Pivots(known) > Pivots(fresh) ? 1 : 0;
            if (known.Status != fresh.Status || Math.Abs((known.Plan?.Cost.TotalPerHour ?? 0) - (fresh.Plan?.Cost.TotalPerHour ?? 0)) > 1e-6 * (fresh.Plan?.Cost.TotalPerHour ?? 1))
            {
                throw new InvalidOperationException($"A plan in force changes the answer: {known.Status} {known.Plan?.Cost} instead of {fresh.Status} {fresh.Plan?.Cost}.");
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {changes.Count} changes: median {PlannerCells.Quantile(warm, 0.5):0.0} ms, worst {warm.Max():0.0}; from nothing {PlannerCells.Quantile(cold, 0.5):0.0}, p95 {PlannerCells.Quantile(cold, 0.95):0.0}, worst {cold.Max():0.0}; more pivots than from nothing in {dearer}"));
        return new FigureValue([PlannerCells.Quantile(warm, 0.95)]);
    }

    private static int Pivots(PlanningResult result) => int.Parse(result.Solver.Split(' ')[^2], CultureInfo.InvariantCulture);

    private static IEnumerable<PlanningProblem> Changes(PlanningProblem problem)
    {
        if (Planner.Plan(problem).Plan is not { } plan)
        {
            yield break;
        }

        var inForce = problem with { InForce = new PlanInForce(plan) };
        foreach (var factor in new[] { 0.8, 0.95, 1.05, 1.2 })
        {
            yield return inForce with { Sources = [.. problem.Sources.Select(s => s with { Rate = s.Rate * factor })] };
        }

        foreach (var lost in plan.Workers.Where(w => problem.Sources.All(s => s.Worker != w.Worker)))
        {
            yield return inForce with { Catalogue = problem.Catalogue with { Workers = problem.Catalogue.Workers.RemoveAll(w => w.Id == lost.Worker) } };
        }
    }
}
