using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Simulation;

/// <summary>Chooses workers for what leads to a join that is spread over several, so that both halves of a pair meet and the plan's routes carry what they should.</summary>
/// <remarks>The worker of the join is drawn by share; then, against the flow, that of each operator before it, by the rates of the routes that lead there.</remarks>
internal sealed class Lanes(PlanningProblem problem, Plan plan, Streams streams, Random random)
{
    private const int MostTries = 64;

    private readonly ImmutableArray<JoinOperator> _spread =
        [.. problem.Workflow.Operators.OfType<JoinOperator>().Where(j => streams.Pairs(j.Id) && plan[j.Id].Instances.Length > 1).Reverse()];

    private readonly ILookup<(OperatorId To, int Input, WorkerId Worker), PlannedRoute> _routes = plan.Routes.ToLookup(r => (r.To, r.InputIndex, r.ToWorker));

    /// <summary>Workers for an element of a stream; null where routes alone decide.</summary>
    /// <param name="workers">Where the stream's sources are read, by input.</param>
    public ImmutableDictionary<OperatorId, WorkerId>? Draw(IReadOnlyDictionary<OperatorId, WorkerId> workers)
    {
        for (var tries = 0; !_spread.IsEmpty && tries < MostTries; tries++)
        {
            var lane = ImmutableDictionary.CreateBuilder<OperatorId, WorkerId>();
            if (_spread.All(j => lane.ContainsKey(j.Id) || Walk(j, Pick(plan[j.Id].Instances, i => i.Share).Worker, workers, lane)))
            {
                return lane.ToImmutable();
            }
        }

        return null;
    }

    private bool Walk(Operator op, WorkerId worker, IReadOnlyDictionary<OperatorId, WorkerId> workers, ImmutableDictionary<OperatorId, WorkerId>.Builder lane)
    {
        lane[op.Id] = worker;
        if (op is InputOperator)
        {
            return !workers.TryGetValue(op.Id, out var reads) || reads == worker;
        }

        for (var i = 0; i < op.Inputs.Length; i++)
        {
            var from = problem.Workflow[op.Inputs[i]];
            var routes = _routes[(op.Id, i, worker)].Where(r => !lane.TryGetValue(from.Id, out var taken) || taken == r.FromWorker).ToList();
            if (routes.Count == 0 || (!lane.ContainsKey(from.Id) && !Walk(from, Pick(routes, r => r.Rate).FromWorker, workers, lane)))
            {
                return false;
            }
        }

        return true;
    }

    private T Pick<T>(IReadOnlyList<T> items, Func<T, double> weight)
    {
        var left = random.NextDouble() * items.Sum(weight);
        foreach (var item in items)
        {
            left -= weight(item);
            if (left < 0)
            {
                return item;
            }
        }

        return items[^1];
    }
}
