using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Costs;

/// <summary>Operators that run wherever their results are taken, as if both were one: they take no time, hold nothing and make nothing smaller.</summary>
/// <remarks>
/// Where there are at most two tiers this costs nothing: whatever such an operator receives can as well go to the receiver's tier directly. Under proportional routing it is how the published
/// planner counts, whose models with several inputs join them themselves.
/// </remarks>
public static class Fusion
{
    /// <summary>The operator that each such operator runs with.</summary>
    public static ImmutableDictionary<OperatorId, OperatorId> Of(PlanningProblem problem, WorkflowRates rates, ServiceTable services)
    {
        var types = problem.Catalogue.Workers.Select(w => w.Type).Distinct().Select(id => problem.Catalogue.WorkerTypes.First(t => t.Id == id)).Where(t => !t.IsSourceOnly).ToList();
        if (types.Select(t => t.Tier).Distinct().Count() > 2)
        {
            return ImmutableDictionary<OperatorId, OperatorId>.Empty;
        }

        return problem.Workflow.Operators
            .Select(op => (op.Id, To: Receiver(op, problem, rates, services, types)))
            .Where(o => o.To is not null)
            .ToImmutableDictionary(o => o.Id, o => o.To!.Value);
    }

    private static OperatorId? Receiver(Operator op, PlanningProblem problem, WorkflowRates rates, ServiceTable services, List<WorkerType> types)
    {
        if (op is InputOperator or InferOperator or ExpandOperator or RegroupOperator or OutputOperator || rates.Flows.Where(f => f.From == op.Id).ToList() is not [var given])
        {
            return null;
        }

        var way = new Way(null, 1);
        var receiver = problem.Workflow[given.To];
        var taken = rates.Flows.Where(f => f.To == op.Id).Sum(f => f.Sizes.Max(f.BytesPerSecond));
        var bindsAlike = problem.PinOf(op) is null && !problem.SinkWorkers.ContainsKey(receiver.Id)
            && (!ServiceTable.IsWhole(op, problem.Options) || ServiceTable.IsWhole(receiver, problem.Options));
        var isFree = services.MemoryBytes(op, way) == 0 && types.All(t => services.RunMs(op, way, t) == 0);
        return bindsAlike && isFree && given.BytesPerSecond(null) >= taken * (1 - 1e-9) ? given.To : null;
    }
}
