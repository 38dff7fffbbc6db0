using CsCheck;
using JellyBean.Optimizer.Latencies;
using JellyBean.Optimizer.Models;
using JellyBean.Optimizer.Tests.Families;
using JellyBean.Planning;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Tests.Cases;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Optimizer.Tests;

/// <summary>Plans that are found by trying.</summary>
public sealed class QuickPlansTests
{
    [Fact]
    public void Sets_of_machines_come_once_each_by_price_and_alike_ones_are_counted()
    {
        var problem = new Fleet(9, 3, 2, 2).Problem(4);
        var layout = new Layout(problem);

        var sets = new MachineSets(layout).ByPrice().ToList();

        Assert.Equal(sets.Count, sets.Select(s => string.Join(' ', s.Workers)).Distinct().Count());
        Assert.Equal(sets.Select(s => s.PricePerHour).Order(), sets.Select(s => s.PricePerHour));
        Assert.All(sets, s => Assert.Equal(s.Workers.Sum(w => layout.Types[w].PricePerHour), s.PricePerHour, 9));

        // What a source or sink is bound to is in all; of each other type there may be none to all.
        var bound = problem.Sources.Select(s => s.Worker!.Value).Concat(problem.SinkWorkers.Values).ToHashSet();
        Assert.All(sets, s => Assert.Superset(bound, s.Workers.ToHashSet()));
        var counts = layout.Workers.Where(w => !bound.Contains(w.Id)).GroupBy(w => w.Type).Select(g => g.Count() + 1).Aggregate(1, (product, count) => product * count);
        Assert.Equal(counts, sets.Count);
    }

    [Fact]
    public void Plan_found_by_trying_holds_and_costs_no_less_than_the_cheapest() => RandomProblem.Gen.Where(p => p.ObjectivesOf(Output(p)).P99 is not null).Sample(
        random =>
        {
            var problem = random with { Options = random.Options with { GiveReasons = false } };

            var tried = QuickPlans.Search(problem, new Layout(problem), null, SearchTime.Start(CancellationToken.None), problem.Options.TimeLimit);

            Assert.True(tried is null || PlanCheck.Violations(tried, problem).IsEmpty);
            Assert.True(tried is null || tried.Cost.TotalPerHour >= Planner.Plan(problem).BoundPerHour * (1 - 1e-6));
        },
        iter: 12,
        threads: 1);

    [Fact]
    public void Plan_on_one_machine_that_is_quick_enough_is_found_by_trying()
    {
        var problem = Tracking.Problem with { Objectives = Tracking.ObjectivesOf(new Objectives { P99 = TimeSpan.FromMilliseconds(600) }) };

        var tried = QuickPlans.Search(problem, new Layout(problem), null, SearchTime.Start(CancellationToken.None), TimeSpan.FromMinutes(5));

        Assert.Equal(Planner.Plan(problem).Plan!.Cost.TotalPerHour, tried!.Cost.TotalPerHour, 9);
    }

    private static OutputOperator Output(PlanningProblem problem) => (OutputOperator)problem.Workflow[new("tracks")];
}
