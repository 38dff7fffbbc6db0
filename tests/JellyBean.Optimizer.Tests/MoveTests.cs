using System.Collections.Immutable;
using CsCheck;
using JellyBean.Optimizer.Models;
using JellyBean.Optimizer.Pools;
using JellyBean.Optimizer.Tests.Families;
using JellyBean.Planning;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Tests.Cases;
using JellyBean.Workflows;
using Xunit;

namespace JellyBean.Optimizer.Tests;

public sealed class MoveTests
{
    [Fact]
    public void Planner_leaves_an_owned_machine_only_for_what_is_saved_besides()
    {
        // The edge machine is owned for 0.5 and a cloud machine is rented for 0.2: on paper the cloud is cheaper, but the edge machine would cost on.
        var problem = Tracking.Problem with
        {
            Sources = [.. Tracking.Problem.Sources.Select(s => s with { Rate = 0.5 })],
            Catalogue = Tracking.Catalogue with
            {
                WorkerTypes = [Tracking.Catalogue.WorkerTypes[0] with { PricePerHour = 0.5 }, Tracking.Catalogue.WorkerTypes[1], Gateway],
                Workers = [.. Tracking.Catalogue.Workers, new Worker { Id = new("gate"), Type = Gateway.Id }],
            },
        };
        problem = problem with { Sources = [.. problem.Sources.Select(s => s with { Worker = new("gate") })] };
        var inForce = Planner.PlanOn(problem, Tier.Edge).Plan!;

        var fresh = Planner.Plan(problem);
        var again = Planner.Plan(problem with { InForce = new PlanInForce(inForce) });

        Assert.Contains(new WorkerId("cloud-1"), fresh.Plan!.Workers.Select(w => w.Worker));
        Assert.Equal(["edge", "gate"], again.Plan!.Workers.Select(w => w.Worker.Value));
        Assert.Equal(0, again.MovesPerHour);
        Assert.Equal(0.5, again.Plan.Cost.OwnedPerHour, 9);
        Assert.Equal(0, again.Plan.Cost.ReleasablePerHour, 9);
    }

    [Fact]
    public void Planner_operator_whose_move_is_dear_stays_where_the_others_leave()
    {
        var inForce = Planner.PlanOn(Tracking.Problem, Tier.Cloud).Plan!;
        var dear = new PlanInForce(inForce, 0.001) { MovePerHourOf = ImmutableSortedDictionary<OperatorId, double>.Empty.Add(new("tracker"), 100) };

        var result = Planner.Plan(Tracking.Problem with { InForce = dear, Options = new PlanningOptions { TimeLimit = TimeSpan.FromMinutes(5) } });

        Assert.Equal(inForce[new("tracker")].Instances.Select(i => i.Worker), result.Plan![new("tracker")].Instances.Select(i => i.Worker));
        Assert.Equal(Moves.PerHour(result.Plan, Tracking.Problem with { InForce = dear }), result.MovesPerHour, 9);
    }

    [Fact]
    public void Problem_with_a_move_of_what_is_not_there_says_so()
    {
        var inForce = new PlanInForce(HandPlan.Plan) { MovePerHourOf = ImmutableSortedDictionary<OperatorId, double>.Empty.Add(new("nobody"), double.NaN) };

        var errors = (Tracking.Problem with { InForce = inForce }).Validate();

        Assert.Contains(errors, e => e.Contains("which is no operator", StringComparison.Ordinal));
        Assert.Contains(errors, e => e.Contains("the cost of moving 'nobody' per hour is NaN", StringComparison.Ordinal));
    }

    /// <summary>Cost and what leaving counts for, together: the same by pools and by workers, and no more than staying.</summary>
    [Fact]
    public void Pools_and_workers_leave_owned_machines_alike() => Gen.Int[1, 10_000].Sample(
        seed =>
        {
            var problem = new Fleet(6, 3, 2, 2).Problem(seed);
            problem = problem with
            {
                Options = problem.Options with { TimeLimit = TimeSpan.FromMinutes(5) },
                Catalogue = problem.Catalogue with { WorkerTypes = [.. problem.Catalogue.WorkerTypes.Select((t, i) => i % 2 == 0 ? t : t with { Ownership = Ownership.Owned })] },
            };
            if (Planner.Plan(problem).Plan is not { } before)
            {
                return;
            }

            var changed = problem with { Sources = [.. problem.Sources.Select(s => s with { Rate = s.Rate * 0.5 })], InForce = new PlanInForce(before) };
            var byPools = PoolPlanner.Plan(changed, new Layout(changed), PoolSearch.TryCreate(new Layout(changed))!)!;
            using var byWorkers = new PlanModel(changed, elastic: false);
            Assert.Equal(SolveStatus.Optimal, byWorkers.SolveForCost(changed.Options.TimeLimit));
            var other = PlanAssembly.Assemble(changed, byWorkers.Solution());

            var total = byPools.Plan!.Cost.TotalPerHour + byPools.MovesPerHour;
            Assert.Equal(1, total / (other.Cost.TotalPerHour + Moves.PerHour(other, changed)), 6);
            Assert.True(byPools.BoundPerHour <= total * (1 + 1e-9));
        },
        iter: 10,
        threads: 1);

    private static WorkerType Gateway { get; } = new() { Id = new("gateway"), Tier = Tier.Edge, PricePerHour = 0, Cores = 1, MemoryBytes = 1, IsSourceOnly = true };
}
