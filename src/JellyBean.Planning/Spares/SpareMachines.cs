using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Spares;

/// <summary>Which machines may fail, and what is left then.</summary>
public static class SpareMachines
{
    /// <summary>The used machines of the tiers that ask for a spare. Machines that only offer sources are not counted: nothing can stand in for a camera.</summary>
    public static IEnumerable<WorkerId> MustHaveFallback(PlanningProblem problem, IEnumerable<WorkerId> used) =>
        problem.Options.SpareTiers.IsEmpty ? [] : used.Where(w => problem.Catalogue.TypeOf(w) is { IsSourceOnly: false } type && problem.Options.SpareTiers.Contains(type.Tier));

    /// <summary>Whether a fallback without one machine is, with names exchanged, one without the other.</summary>
    public static bool CanStandFor(PlanningProblem problem, WorkerId one, WorkerId other) => one == other
        || (problem.Catalogue.Workers.FirstOrDefault(w => w.Id == one) is { } a && problem.Catalogue.Workers.First(w => w.Id == other) is var b && a.Type == b.Type && IsFree(problem, a) && IsFree(problem, b));

    /// <summary>The problem that a fallback answers: the plan's machines but one, no latencies.</summary>
    public static PlanningProblem Without(this PlanningProblem problem, WorkerId missing, ImmutableArray<WorkerId> used) => problem with
    {
        Catalogue = problem.Catalogue with { Workers = problem.Catalogue.Workers.RemoveAll(w => w.Id == missing || !used.Contains(w.Id)) },
        Sources = [.. problem.Sources.Select(s => s.Worker == missing ? s with { Worker = null } : s)],
        Objectives = problem.Workflow.Operators.OfType<OutputOperator>().ToImmutableSortedDictionary(o => o.Id, o => problem.ObjectivesOf(o) with { P99 = null }),
        Options = problem.Options with { SpareTiers = [], BudgetPerHour = null, Goal = PlanningGoal.LeastCost, GiveReasons = false },
        InForce = null,
    };

    private static bool IsFree(PlanningProblem problem, Worker worker) =>
        worker.Host is null && problem.Sources.All(s => s.Worker != worker.Id) && !problem.SinkWorkers.ContainsValue(worker.Id);
}
