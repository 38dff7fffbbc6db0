using System.Collections.Immutable;
using JellyBean.Optimizer.Models;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Optimizer.Pools;

/// <summary>A problem whose workers need not be told apart within their pools: machines are bought by the piece, work is poured into them.</summary>
internal sealed class PoolLayout
{
    private readonly Dictionary<OperatorId, ImmutableArray<int>> _allowed;

    private PoolLayout(Layout layout)
    {
        Layout = layout;
        Pools = [.. layout.Workers.GroupBy(w => layout.IsFree(w) ? w.Type.Value + "\n" : w.Id.Value).Select(g => new Pool(
            [.. g.Select(w => w.Id).OrderBy(w => layout.KeptOn.Contains(w) ? 0 : 1).ThenBy(w => w)], layout.Types[g.First().Id], layout.Sources.Any(s => s.Worker == g.First().Id) || layout.Problem.SinkWorkers.ContainsValue(g.First().Id)))];
        Operators = [.. layout.Operators.Where(o => !layout.Fused.ContainsKey(o.Id))];
        _allowed = Operators.ToDictionary(o => o.Id, o =>
        {
            var workers = layout.WorkersOf(o.Id).Select(w => w.Id).ToHashSet();
            return Enumerable.Range(0, Pools.Length).Where(p => workers.Contains(Pools[p].Workers[0])).ToImmutableArray();
        });
        Tiers = [.. layout.Problem.Catalogue.Tiers.Where(t => Pools.Any(p => p.Tier == t))];
    }

    public Layout Layout { get; }

    public ImmutableArray<Pool> Pools { get; }

    /// <summary>The operators that are placed for themselves.</summary>
    public ImmutableArray<Operator> Operators { get; }

    /// <summary>The tiers that have workers, nearest to the sources first.</summary>
    public ImmutableArray<Tier> Tiers { get; }

    /// <summary>Machines of a pool whose price goes on whether they are used or not.</summary>
    public int KeptOn(int pool) => Layout.KeptOn.IsEmpty ? 0 : Pools[pool].Workers.Count(Layout.KeptOn.Contains);

    /// <summary>The types of machines of which any one may fail.</summary>
    public IEnumerable<WorkerType> MayFail => Pools.Select(p => p.Type).Distinct().Where(t => !t.IsSourceOnly && Layout.Problem.Options.SpareTiers.Contains(t.Tier));

    /// <summary>The layout if pools say all there is to say; null where workers must be told apart: latencies, memory, shared hosts, moves, sources that may be read outside their tier.</summary>
    public static PoolLayout? TryCreate(Layout layout)
    {
        var problem = layout.Problem;
        if (layout.AsksLatency || problem.Catalogue.Hosts.Length > 0 || problem.InForce is { CountsMoves: true } || (problem.Options.BudgetPerHour is not null && layout.KeptOn.Length > 0) || layout.Operators.Any(o => IsBeyondPools(layout, o)) || layout.MayLackMemory()
            || layout.Sources.Any(s => layout.WorkersOf(s).Any(w => layout.TierOf(w.Id) != s.Tier)))
        {
            return null;
        }

        return new PoolLayout(layout);
    }

    /// <summary>The pools that an operator may be in.</summary>
    public IEnumerable<int> PoolsOf(OperatorId op, Way way) =>
        _allowed[op].Where(p => Layout.Services.RunMs(Layout.Problem.Workflow[op], way, Pools[p].Type) is not null);

    /// <summary>Part of one machine's allowed time that all of an operator's elements would take in a pool; above 1 where they need several.</summary>
    public double Load(OperatorId op, Way way, int pool) =>
        Layout.Services.Cores(Layout.Problem.Workflow[op], way, Pools[pool].Type)!.Value / (Pools[pool].Type.Cores * Layout.CapOf(Pools[pool].Type));

    /// <summary>The operator that an operator's elements are placed with: itself, or the taker that it is fused with.</summary>
    public OperatorId PlacedWith(OperatorId op)
    {
        while (Layout.Fused.TryGetValue(op, out var taker))
        {
            op = taker;
        }

        return op;
    }

    /// <summary>The part of an input's elements that is read in a tier.</summary>
    public double InputShare(OperatorId input, Tier tier)
    {
        var sources = Layout.Sources.Where(s => s.Input == input).ToList();
        return sources.Where(s => s.Tier == tier).Sum(s => s.Rate) / sources.Sum(s => s.Rate);
    }

    /// <summary>Whether all of an operator's work is on one machine.</summary>
    public bool IsWhole(Operator op) => ServiceTable.IsWhole(op, Layout.Problem.Options);

    /// <summary>Whether one machine of a pool can do all of an operator's work: together with nothing else, and on as many cores as it can use.</summary>
    public bool HoldsWhole(Operator op, Way way, int pool)
    {
        var cores = Layout.Services.Cores(op, way, Pools[pool].Type)!.Value;
        return cores <= Layout.CapOf(Pools[pool].Type) * Math.Min(Pools[pool].Type.Cores, ServiceTable.MostParallel(op, Pools[pool].Type)) * (1 + 1e-9);
    }

    /// <summary>Inputs that take time, and operators that may be divided among workers but not among a worker's cores.</summary>
    private static bool IsBeyondPools(Layout layout, Operator op)
    {
        var types = layout.WorkersOf(op.Id).Select(w => layout.Types[w.Id]).Distinct().ToList();
        var isBound = op is InputOperator || (!ServiceTable.IsWhole(op, layout.Problem.Options) && types.Any(t => ServiceTable.MostParallel(op, t) < t.Cores));
        return isBound && types.Any(t => layout.TakesTime(op, t));
    }
}
