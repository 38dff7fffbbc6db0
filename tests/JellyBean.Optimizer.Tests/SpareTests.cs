using System.Collections.Immutable;
using CsCheck;
using JellyBean.Optimizer.Models;
using JellyBean.Optimizer.Pools;
using JellyBean.Optimizer.Tests.Families;
using JellyBean.Optimizer.Tests.Published;
using JellyBean.Planning;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Tests.Cases;
using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;
using Xunit;

namespace JellyBean.Optimizer.Tests;

public sealed class SpareTests
{
    [Fact]
    public void Planner_spare_in_a_tier_of_one_machine_names_what_nothing_can_stand_in_for()
    {
        var result = Planner.Plan(WithSpare(Tracking.Problem, Tier.Edge));

        Assert.Equal(PlanningStatus.Infeasible, result.Status);
        Assert.All(result.Reasons, r => Assert.Contains("attached to worker 'edge', the only one of tier edge", r, StringComparison.Ordinal));
    }

    [Fact]
    public void Planner_spare_pays_a_second_machine_and_says_where_everything_goes_without_the_first()
    {
        var problem = WithSpare(Tracking.Problem with { Options = new PlanningOptions { OnlyTier = Tier.Cloud } }, Tier.Cloud);

        var result = Planner.Plan(problem);

        Assert.Equal(PlanningStatus.Optimal, result.Status);
        Assert.Equal(["cloud-1", "cloud-2"], result.Plan!.Workers.Select(w => w.Worker.Value).Where(w => w.StartsWith("cloud", StringComparison.Ordinal)));
        Assert.NotEmpty(result.Plan.Fallbacks);
        Assert.All(result.Plan.Fallbacks, f => Assert.DoesNotContain(f.Placements.SelectMany(p => p.Instances), i => i.Worker == f.Without));
        Assert.Equal(result.Plan, PlanText.Parse(PlanText.Write(result.Plan)));
    }

    [Fact]
    public void Planner_spare_beside_a_bound_sink_is_unsupported()
    {
        var problem = WithSpare(Tracking.Problem, Tier.Cloud) with { SinkWorkers = ImmutableSortedDictionary<OperatorId, WorkerId>.Empty.Add(new("tracks"), new("cloud-1")) };

        var result = Planner.Plan(problem);

        Assert.Equal(PlanningStatus.Unsupported, result.Status);
        Assert.Contains("no other can stand in", Assert.Single(result.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public void Planner_spare_that_the_machines_do_not_allow_says_what_is_missing()
    {
        var problem = WithSpare(PublishedInstance.Problem(PlanningModes.All, accuracy: 58.3, rate: 110), Tier.Cloud);

        var result = Planner.Plan(problem);

        Assert.Equal(PlanningStatus.Infeasible, result.Status);
        Assert.NotEmpty(result.Reasons);
    }

    [Fact]
    public void PlanCheck_spare_without_fallback_is_refused()
    {
        var problem = WithSpare(Tracking.Problem with { Options = new PlanningOptions { OnlyTier = Tier.Cloud } }, Tier.Cloud);
        var plan = Planner.Plan(problem).Plan!;

        var missing = PlanCheck.Violations(plan with { Fallbacks = [] }, problem);
        var stranger = PlanCheck.Violations(plan with { Fallbacks = [plan.Fallbacks[0] with { Placements = plan.Placements, Routes = plan.Routes }] }, problem);

        Assert.Contains(missing, v => v.Constraint == PlanConstraint.Spare && v.Message.Contains("has no fallback without it", StringComparison.Ordinal));
        Assert.Contains(stranger, v => v.Constraint == PlanConstraint.Spare && v.Message.Contains("While worker 'cloud-1' is missing", StringComparison.Ordinal));
    }

    [Fact]
    public void Planner_with_spares_equals_brute_force() => RandomProblem.Gen.Sample(
        random =>
        {
            var problem = random with
            {
                Sources = [.. random.Sources.Select(s => s with { Worker = null, Tier = Tier.Edge })],
                Catalogue = random.Catalogue with { Workers = [.. random.Catalogue.Workers[..2], random.Catalogue.Workers[0] with { Id = new("edge-2") }] },
                Objectives = Tracking.ObjectivesOf(new Objectives { Accuracy = new AccuracyFloor("ap50", 0.4) }),
                Options = new PlanningOptions { AllowSplits = false, TimeLimit = TimeSpan.FromMinutes(5), SpareTiers = [Tier.Edge] },
            };
            var result = Planner.Plan(problem);
            var expected = BruteForce.LeastCost(problem);
            Assert.Equal(expected is null ? PlanningStatus.Infeasible : PlanningStatus.Optimal, result.Status);
            Assert.Equal(expected ?? 0, result.Plan?.Cost.TotalPerHour ?? 0, 6);
        },
        iter: 8,
        threads: 1);

    [Fact]
    public void Pools_and_workers_find_the_same_least_cost_with_spares() => Gen.Select(Gen.Int[1, 10_000], Gen.Bool).Sample(
        (seed, exclusive) =>
        {
            var problem = new Fleet(6, 3, 2, 2).Problem(seed);
            var last = problem.Catalogue.Tiers.Last(t => problem.Catalogue.Workers.Any(w => problem.Catalogue.TierOf(w.Id) == t));
            problem = problem with
            {
                Sources = [.. problem.Sources.Select(s => s with { Rate = s.Rate * 0.6 })],
                Options = problem.Options with { Sharing = exclusive ? WorkerSharing.Exclusive : WorkerSharing.TimeShared, TimeLimit = TimeSpan.FromMinutes(5), SpareTiers = [last, problem.Catalogue.Tiers[1]] },
            };

            var byPools = PoolPlanner.Plan(problem, new Layout(problem), PoolSearch.TryCreate(new Layout(problem))!)!;
            using var byWorkers = new PlanModel(problem, elastic: false);
            var status = byWorkers.SolveForCost(problem.Options.TimeLimit);

            Assert.Equal(status == SolveStatus.Infeasible ? PlanningStatus.Infeasible : PlanningStatus.Optimal, byPools.Status);
            if (byPools.Plan is { } plan)
            {
                Assert.Equal(1, plan.Cost.TotalPerHour / PlanAssembly.Assemble(problem, byWorkers.Solution()).Cost.TotalPerHour, 6);
                Assert.Empty(PlanCheck.Violations(plan, problem));
                Assert.Equal(plan, PlanText.Parse(PlanText.Write(plan)));
            }
        },
        iter: 8,
        threads: 1);

    [Fact]
    public void Planner_spare_never_gets_cheaper_than_none_and_rises_with_rates_and_fewer_machines() => Gen.Int[1, 10_000].Sample(
        seed =>
        {
            var problem = new Fleet(20, 4, 3, 2).Problem(seed);
            problem = problem with { Sources = [.. problem.Sources.Select(s => s with { Rate = s.Rate * 0.6 })] };
            var spared = WithSpare(problem, Tier.Edge);

            var cost = CostOf(Planner.Plan(spared));

            Assert.True(cost >= CostOf(Planner.Plan(problem)) * (1 - 1e-6));
            Assert.True(CostOf(Planner.Plan(spared with { Sources = [.. spared.Sources.Select(s => s with { Rate = s.Rate * 1.1 })] })) >= cost * (1 - 1e-6));
            Assert.True(CostOf(Planner.Plan(spared with { Catalogue = spared.Catalogue with { Workers = spared.Catalogue.Workers.RemoveAt(1 + (seed % 20)) } })) >= cost * (1 - 1e-6));
        },
        iter: 6,
        threads: 1);

    private static PlanningProblem WithSpare(PlanningProblem problem, params ImmutableArray<Tier> tiers) => problem with { Options = problem.Options with { SpareTiers = tiers } };

    private static double CostOf(PlanningResult result) => result.Plan?.Cost.TotalPerHour ?? double.PositiveInfinity;
}
