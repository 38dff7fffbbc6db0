using System.Globalization;
using JellyBean.Optimizer;
using JellyBean.Planning;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Replanning;
using JellyBean.Runtime.Commands;

namespace JellyBean.Benchmarks.Figures.Adaptation;

/// <summary>What planning again makes of a cluster of this process (coordinator, planner, nodes and links are real, the model waits), and of the published planning instance in virtual time: the planner is real, the run is not.</summary>
internal static class ReplanFigures
{
    private static readonly ReplanOptions Options = new();
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    // A third of what was planned for arrives, measured so unevenly.
    private const double Actual = 1 / 3.0;
    private const double Noise = 0.05;

    // From a wire that costs nothing to LTE: 5 $ per GiB.
    private const double MobilePrice = 5;

    // Fifteen times 20 kB a second are sent.
    private const double WideBitsPerSecond = 50e6;
    private const double NarrowBitsPerSecond = 1.2e6;
    private const double Peak = 50;
    private const double Quiet = 15;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    public static Figure Cost { get; } = new(
        "replan.cost", ["ratio-to-optimum"], "at most 1.05 for a third of the rate that was planned for: the worst of a real run and, in virtual time, the published instance's cells", _ => MeasureCostAsync());

    public static Figure Link { get; } = new(
        "replan.link", ["$/h-before", "$/h-after"], "less after: a link's price alone moves the cut between tiers of a real run, and the report says why", _ => MeasureLinkAsync());

    public static Figure Bandwidth { get; } = new(
        "replan.bandwidth",
        ["$/h-before", "$/h-after"],
        "another cut: a line that carries half of what it must alone moves the cut between tiers of a real run, and the report says why",
        _ => MeasureBandwidthAsync());

    private static async Task<FigureValue> MeasureCostAsync()
    {
        await using var site = new ReplanSite(Peak, Quiet);
        await site.StartAsync();
        var history = await site.RunAsync(() => Task.CompletedTask, h => Moved(h) is not null, Deadline);
        var last = history.LastOrDefault(d => d.CostAfter is not null) ?? throw new InvalidOperationException("No plan was in force.");
        var ratio = last.CostAfter!.Value / site.Optimum();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  the real run's plan costs {last.CostAfter:0.0000} $/h, the cheapest {site.Optimum():0.0000}: ratio {ratio:0.000}; asked every {ReplanSite.Options.Every.TotalSeconds:0} s after {ReplanSite.Options.CoolDown.TotalSeconds:0} s"));
        return new FigureValue([Math.Max(ratio, MeasureCells())]);
    }

    private static async Task<FigureValue> MeasureLinkAsync()
    {
        await using var site = new ReplanSite(Quiet, Quiet);
        await site.StartAsync();
        var history = await site.RunAsync(
            () =>
            {
                site.Catalogue = site.Catalogue with { Links = [.. site.Catalogue.Links.Select(l => l with { PricePerGib = MobilePrice })] };
                return Task.CompletedTask;
            },
            h => Moved(h) is not null,
            Deadline);
        return Told(site, Moved(history) ?? throw new InvalidOperationException("Nothing has moved though links have become dear."));
    }

    private static async Task<FigureValue> MeasureBandwidthAsync()
    {
        await using var site = new ReplanSite(Quiet, Quiet, WideBitsPerSecond);
        await site.StartAsync();
        var narrowedAt = DateTimeOffset.MaxValue;
        var history = await site.RunAsync(
            async () =>
            {
                // Long enough to see that nothing moves before.
                await Task.Delay(ReplanSite.Options.CoolDown);
                narrowedAt = DateTimeOffset.UtcNow;
                site.Narrow(NarrowBitsPerSecond);
            },
            h => Moved(h) is not null,
            Deadline);
        var moved = Moved(history) ?? throw new InvalidOperationException("Nothing has moved though the line has become narrow.");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  from {WideBitsPerSecond / 1e6:0.#} to {NarrowBitsPerSecond / 1e6:0.#} Mbit/s, 2.4 needed (a relay on loopback stands in for the line): decided {(moved.At - narrowedAt).TotalSeconds:0.0} s later"));
        return Told(site, moved);
    }

    private static FigureValue Told(ReplanSite site, Decision moved)
    {
        Console.WriteLine($"  cut: the model on {site.Cuts[0]} before, on {site.Cuts[^1]} after");
        return new FigureValue([moved.CostBefore!.Value, moved.CostAfter!.Value]);
    }

    private static Decision? Moved(IEnumerable<Decision> history) => history.FirstOrDefault(d => d.EpochBefore > 0 && d.EpochAfter > d.EpochBefore);

    private static double MeasureCells()
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
        return ratios[^1];
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
