using System.Globalization;
using JellyBean.Optimizer;
using JellyBean.Planning;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Replanning;

namespace JellyBean.Benchmarks.Figures.Adaptation;

/// <summary>What the policy for planning again makes of the published planning instance, in virtual time: the planner is real, the run is not.</summary>
internal static class ReplanFigures
{
    private static readonly ReplanOptions Options = new();
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    // A third of what was planned for arrives, measured so unevenly.
    private const double Actual = 1 / 3.0;
    private const double Noise = 0.05;

    // From a wire that costs nothing to LTE: 5 $ per GiB, 10 Mbit/s.
    private const double MobilePrice = 5;

    public static Figure Cost { get; } = new(
        "replan.cost", ["ratio-to-optimum"], "at most 1.05 for a third of the rate that was planned for, the worst of the published instance's cells; in virtual time", _ => Task.FromResult(MeasureCost()));

    public static Figure Link { get; } = new(
        "replan.link", ["$/h-before", "$/h-after"], "less after: a link's price alone moves the cut between tiers, and the report says why; in virtual time", _ => Task.FromResult(MeasureLink()));

    private static FigureValue MeasureCost()
    {
        var (ratios, changes) = (new List<double>(), new List<int>());
        foreach (var (problem, _) in PlannerCells.Cells.Where(c => c.Row["mode"] == "ALL"))
        {
            var actual = problem with { Sources = [.. problem.Sources.Select(s => s with { Rate = s.Rate * Actual })] };
            if (Planner.Plan(problem).Plan is { } peak && Planner.Plan(actual).Plan is { } best)
            {
                var (plan, proposals) = Follow(problem, actual, peak, Noise);
                changes.Add(proposals.Count);
                ratios.Add(plan.Cost.TotalPerHour / best.Cost.TotalPerHour);
            }
        }

        ratios.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {ratios.Count} cells, {Length.TotalMinutes} virtual minutes each: ratio median {Pairs.Median(ratios):0.000}, worst {ratios[^1]:0.000}; plans put in force: at most {changes.Max()}, mean {changes.Average():0.0}"));
        return new FigureValue([ratios[^1]]);
    }

    private static FigureValue MeasureLink()
    {
        foreach (var (problem, _) in PlannerCells.Cells.Where(c => c.Row["mode"] == "ALL"))
        {
            var wired = problem with { Catalogue = problem.Catalogue with { Links = [.. problem.Catalogue.Links.Select(l => l with { PricePerGib = 0 })] } };
            var mobile = problem with { Catalogue = problem.Catalogue with { Links = [.. problem.Catalogue.Links.Select(l => l with { PricePerGib = MobilePrice })] } };
            if (Planner.Plan(wired).Plan is { } plan && Follow(mobile, mobile, plan, noise: 0).Proposals is [{ Holds: true } first, ..] && PlanDiff.Between(plan, first.Proposed!).Moves.Length > 0)
            {
                Console.WriteLine($"  {first.Reason}");
                return new FigureValue([first.CostPerHour, first.OtherCostPerHour!.Value]);
            }
        }

        throw new InvalidOperationException("No cell's plan moves when its links become dear.");
    }

    /// <summary>Lets the policy follow what arrives, each plan that it proposes put in force at once.</summary>
    private static (Plan Plan, List<ReplanDecision> Proposals) Follow(PlanningProblem asked, PlanningProblem actual, Plan plan, double noise)
    {
        var (state, random, proposals) = (new ReplanState { ChangedAt = TimeSpan.Zero }, new Random(1), new List<ReplanDecision>());
        for (var now = Every; now <= Length; now += Every)
        {
            state = state.Observe(new ReplanMeasurement([.. actual.Sources.Select(s => new MeasuredRate(s.Source, s.Rate * (1 - noise + (2 * noise * random.NextDouble()))))], []), now, Options);
            var problem = ReplanPolicy.Problem(asked, state, new PlanInForce(plan), Options);
            if (!ReplanPolicy.IsDue(problem, state, now, Options))
            {
                continue;
            }

            state = state with { PlannedAt = now };
            var decision = ReplanPolicy.Weigh(problem, Planner.Plan(problem), state, now, Options);
            if (decision.Proposed is { } other)
            {
                (plan, state) = (other, state with { ChangedAt = now });
                proposals.Add(decision);
            }
        }

        return (plan, proposals);
    }
}
