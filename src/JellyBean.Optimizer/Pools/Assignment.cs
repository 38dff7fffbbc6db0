using JellyBean.Optimizer.Models;
using JellyBean.Planning.Costs;
using JellyBean.Workflows;

namespace JellyBean.Optimizer.Pools;

/// <summary>A way for every operator: variants that together meet every accuracy floor, each with a batch size.</summary>
/// <param name="Ways">By operator.</param>
internal sealed record Assignment(IReadOnlyDictionary<OperatorId, Way> Ways)
{
    /// <summary>What machines cost at least for it, were they sold by the second.</summary>
    public double LeastCost(PoolLayout pools) => pools.Operators.Sum(o => LeastCost(pools, o.Id, Ways[o.Id]));

    private static double LeastCost(PoolLayout pools, OperatorId op, Way way) =>
        pools.PoolsOf(op, way).Select(p => pools.Load(op, way, p) * pools.Pools[p].Type.PricePerHour).DefaultIfEmpty(double.PositiveInfinity).Min();
}
