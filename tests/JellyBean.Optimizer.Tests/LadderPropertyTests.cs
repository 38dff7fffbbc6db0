using System.Collections.Immutable;
using CsCheck;
using JellyBean.Optimizer.Tests.Families;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Ladders;
using JellyBean.Planning.Plans;
using Xunit;

namespace JellyBean.Optimizer.Tests;

public sealed class LadderPropertyTests
{
    private static readonly ImmutableArray<PlanConstraint> Load = [PlanConstraint.Utilisation, PlanConstraint.Parallelism, PlanConstraint.Host, PlanConstraint.Bandwidth];

    [Fact]
    public void Ladder_of_small_plans_holds_up_to_its_capacity_and_no_further() => RandomProblem.GenSoon.Sample(problem => AssertHolds(problem, Planner.Plan(problem).Plan), iter: 30, threads: 1);

    [Fact]
    public void Ladder_of_fleets_holds_up_to_its_capacity_and_no_further() =>
        Gen.Int[1, 10_000].Sample(seed => new Fleet(30, 6, 4, 3).Problem(seed) is var problem && AssertHolds(problem, Planner.Plan(problem).Plan), iter: 6, threads: 1);

    /// <summary>Each rung, made a plan of its own at its capacity, passes the plan check; a little above it passes a limit, and no other.</summary>
    private static bool AssertHolds(PlanningProblem problem, Plan? plan)
    {
        foreach (var rung in plan?.Ladder ?? [])
        {
            var (at, above) = (Violations(problem, plan!, rung, rung.Capacity), Violations(problem, plan!, rung, rung.Capacity * 1.01));
            Assert.Empty(at);
            Assert.NotEmpty(above);
            Assert.All(above, v => Assert.Contains(v.Constraint, Load));
        }

        return true;
    }

    private static ImmutableArray<PlanViolation> Violations(PlanningProblem problem, Plan plan, LadderRung rung, double part)
    {
        // What latencies do beyond the planned rates is another question.
        var asked = problem with
        {
            Sources = [.. problem.Sources.Select(s => s with { Rate = s.Rate * part })],
            Objectives = problem.Objectives.ToImmutableSortedDictionary(o => o.Key, o => o.Value with { P99 = null }),
        };
        var flows = WorkflowRates.Of(asked).Flows.ToDictionary(f => (f.From, f.To, f.InputIndex));
        var draft = plan with
        {
            Ladder = [],
            Sources = [.. plan.Sources.Select(s => s with { Rate = s.Rate * part })],
            Placements = [.. plan.Placements.Select(p => rung.Ways.FirstOrDefault(w => w.Operator == p.Operator) is { } way ? p with { Variant = way.Variant, BatchSize = way.BatchSize } : p)],
            Routes = [.. plan.Routes.Select(r => flows[(r.From, r.To, r.InputIndex)] is var flow
                ? r with { Rate = r.Rate * part, BytesPerSecond = flow.Rate > 0 ? r.Rate * part / flow.Rate * flow.BytesPerSecond(rung.Ways.FirstOrDefault(w => w.Operator == r.From)?.Variant) : r.BytesPerSecond * part }
                : r)],
        };
        var evaluation = new PlanEvaluation(asked, draft);
        return PlanCheck.Violations(draft with { Cost = evaluation.Cost(), Outputs = evaluation.Outputs(), Workers = evaluation.Workers() }, asked);
    }
}
