using CsCheck;
using JellyBean.Optimizer.Models;
using JellyBean.Optimizer.Pools;
using JellyBean.Optimizer.Tests.Families;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Tests.Cases;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Optimizer.Tests;

public sealed class PlannerPropertyTests
{
    [Fact]
    public void Planner_without_splits_equals_brute_force() => RandomProblem.Gen.Sample(
        random =>
        {
            // One worker per tier keeps the plans countable; the rest of the problem stays as it is.
            var problem = random with
            {
                Options = new PlanningOptions { AllowSplits = false },
                Catalogue = random.Catalogue with { Workers = random.Catalogue.Workers[..2] },
            };

            var result = Planner.Plan(problem);

            AssertSameCost(BruteForce.LeastCost(problem), result);
        },
        iter: 15,
        threads: 1);

    [Fact]
    public void Planner_with_splits_costs_no_more_than_without_and_passes_the_check() => RandomProblem.GenSoon.Sample(
        problem =>
        {
            var whole = Planner.Plan(problem with { Options = problem.Options with { AllowSplits = false, GiveReasons = false } });
            var split = Planner.Plan(problem);

            // Where time runs out, as it may with a latency objective on a busy machine, the bound is what must hold.
            Assert.True((split.Status is PlanningStatus.Optimal or PlanningStatus.Infeasible ? CostOf(split) : split.BoundPerHour) <= CostOf(whole) + 1e-6);
            Assert.True(split.Plan is null ? !split.Reasons.IsEmpty : PlanCheck.Violations(split.Plan, problem).IsEmpty);
        },
        iter: 30,
        threads: 1);

    [Fact]
    public void Planner_cost_never_falls_when_a_rate_a_price_or_a_floor_rises() => RandomProblem.Gen.Sample(
        random =>
        {
            var problem = random with { Objectives = Tracking.ObjectivesOf(new Objectives { Accuracy = new AccuracyFloor("ap50", 0.4) }) };
            var cost = CostOf(Planner.Plan(problem));
            PlanningProblem[] dearer =
            [
                problem with { Sources = [.. problem.Sources.Select(s => s with { Rate = s.Rate * 1.3 })] },
                problem with { Catalogue = problem.Catalogue with { WorkerTypes = [.. problem.Catalogue.WorkerTypes.Select(t => t with { PricePerHour = t.PricePerHour * 1.3 })] } },
                problem with { Catalogue = problem.Catalogue with { Links = [.. problem.Catalogue.Links.Select(l => l with { PricePerGib = l.PricePerGib * 1.3 })] } },
                problem with { Objectives = Tracking.ObjectivesOf(new Objectives { Accuracy = new AccuracyFloor("ap50", 0.6) }) },
                problem with { Catalogue = problem.Catalogue with { Workers = problem.Catalogue.Workers.RemoveAt(2) } },
            ];

            Assert.All(dearer, d => Assert.True(CostOf(Planner.Plan(d)) >= cost * (1 - 1e-6)));
        },
        iter: 15,
        threads: 1);

    [Fact]
    public void Pools_and_workers_find_the_same_least_cost() => Gen.Select(Gen.Int[1, 10_000], Gen.Bool).Sample(
        (seed, exclusive) =>
        {
            var problem = new Fleet(6, 3, 2, 2).Problem(seed);
            problem = problem with { Options = problem.Options with { Sharing = exclusive ? WorkerSharing.Exclusive : WorkerSharing.TimeShared, TimeLimit = TimeSpan.FromMinutes(5) } };
            var byPools = Planner.Plan(problem);
            using var byWorkers = new PlanModel(problem, elastic: false);

            var status = byWorkers.SolveForCost(problem.Options.TimeLimit);

            Assert.Equal(status == SolveStatus.Infeasible ? PlanningStatus.Infeasible : PlanningStatus.Optimal, byPools.Status);
            if (byPools.Plan is { } plan)
            {
                var other = PlanAssembly.Assemble(problem, byWorkers.Solution());
                Assert.Equal(1, plan.Cost.TotalPerHour / other.Cost.TotalPerHour, 6);
            }
        },
        iter: 12,
        threads: 1);

    [Fact]
    public void Pools_and_workers_find_the_same_least_cost_where_state_is_whole() => RandomProblem.Gen.Sample(
        random =>
        {
            var problem = random with
            {
                Catalogue = random.Catalogue with
                {
                    Hosts = [],
                    Workers = [.. random.Catalogue.Workers.Select(w => w with { Host = null })],
                    WorkerTypes = [.. random.Catalogue.WorkerTypes.Select(t => t with { MemoryBytes = 1L << 40 })],
                },
                Objectives = Tracking.ObjectivesOf(new Objectives { Accuracy = new AccuracyFloor("ap50", 0.4) }),
                Options = new PlanningOptions { TimeLimit = TimeSpan.FromMinutes(5) },
            };
            var layout = new Layout(problem);
            using var byWorkers = new PlanModel(problem, elastic: false);

            // Where what is whole does not fit side by side, there is no plan by pools.
            var result = PoolPlanner.Plan(problem, layout, PoolSearch.TryCreate(layout)!) ?? Planner.Plan(problem);
            var status = byWorkers.SolveForCost(problem.Options.TimeLimit);

            Assert.Equal(status == SolveStatus.Optimal ? PlanAssembly.Assemble(problem, byWorkers.Solution()).Cost.TotalPerHour : double.PositiveInfinity, CostOf(result), 6);
        },
        iter: 25,
        threads: 1);

    [Fact]
    public void Planner_of_fleets_never_gets_cheaper_when_anything_rises_or_is_taken_away() => Gen.Int[1, 10_000].Sample(
        seed =>
        {
            var problem = new Fleet(30, 6, 4, 3).Problem(seed);
            var cost = CostOf(Planner.Plan(problem));
            PlanningProblem[] dearer =
            [
                problem with { Sources = [.. problem.Sources.Select(s => s with { Rate = s.Rate * 1.1 })] },
                problem with { Catalogue = problem.Catalogue with { WorkerTypes = [.. problem.Catalogue.WorkerTypes.Select((t, i) => i % 2 == 0 ? t : t with { PricePerHour = t.PricePerHour * 1.3 })] } },
                problem with { Catalogue = problem.Catalogue with { Links = [.. problem.Catalogue.Links.Select(l => l with { PricePerGib = l.PricePerGib * 1.3 })] } },
                problem with { Objectives = problem.Objectives.SetItem(new("answers"), new Objectives { Accuracy = new AccuracyFloor("accuracy", 0.72) }) },
                problem with { Catalogue = problem.Catalogue with { Workers = problem.Catalogue.Workers.RemoveAt(1 + (seed % 30)) } },
                problem with { Options = problem.Options with { Sharing = WorkerSharing.Exclusive } },
                problem with { Options = problem.Options with { AllowBackwardTraffic = false } },
            ];

            Assert.All(dearer, d => Assert.True(CostOf(Planner.Plan(d)) >= cost * (1 - 1e-6)));
        },
        iter: 8,
        threads: 1);

    [Fact]
    public void Plans_of_fleets_read_back_as_they_are_written() => Gen.Int[1, 10_000].Sample(
        seed =>
        {
            var plan = Planner.Plan(new Fleet(30, 6, 4, 3).Problem(seed)).Plan;

            Assert.True(plan is null || PlanText.Parse(PlanText.Write(plan)).Equals(plan));
        },
        iter: 8,
        threads: 1);

    [Fact]
    public void Plans_of_small_problems_read_back_as_they_are_written_and_pass_the_check_as_read() => RandomProblem.GenSoon.Sample(
        problem =>
        {
            if (Planner.Plan(problem).Plan is { } plan)
            {
                var read = PlanText.Parse(PlanText.Write(plan));
                Assert.Equal(plan, read);
                Assert.Empty(PlanCheck.Violations(read, problem));
            }
        },
        iter: 30,
        threads: 1);

    private static double CostOf(PlanningResult result) => result.Plan?.Cost.TotalPerHour ?? double.PositiveInfinity;

    private static void AssertSameCost(double? expected, PlanningResult result)
    {
        Assert.Equal(expected is null ? PlanningStatus.Infeasible : PlanningStatus.Optimal, result.Status);
        Assert.Equal(expected ?? 0, result.Plan?.Cost.TotalPerHour ?? 0, 6);
    }
}
