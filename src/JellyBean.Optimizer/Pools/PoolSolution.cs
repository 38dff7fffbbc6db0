using JellyBean.Optimizer.Models;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Optimizer.Pools;

/// <summary>A solution by pools, and how it is poured into workers.</summary>
/// <param name="Pools">What could be chosen.</param>
/// <param name="Assignment">The way of each operator.</param>
/// <param name="Shares">Operators' shares in pools.</param>
/// <param name="Free">Shares in tiers of operators without work.</param>
/// <param name="Machines">Machines of each pool for one operator, where they are not shared.</param>
/// <param name="Bought">Machines of each pool for all.</param>
/// <param name="Flows">The part of each flow between tiers.</param>
internal sealed record PoolSolution(
    PoolLayout Pools,
    Assignment Assignment,
    IReadOnlyDictionary<(OperatorId Op, int Pool), double> Shares,
    IReadOnlyDictionary<(OperatorId Op, Tier Tier), double> Free,
    IReadOnlyDictionary<(OperatorId Op, int Pool), int> Machines,
    IReadOnlyDictionary<int, int> Bought,
    IReadOnlyDictionary<(int Flow, string? Size, Tier From, Tier To), double> Flows)
{
    /// <summary>Parts below this are rounding.</summary>
    private const double Dust = 1e-9;

    /// <summary>Whether work that cannot be divided is in it.</summary>
    public bool HoldsWhole => Shares.Keys.Any(s => Pools.IsWhole(Pools.Layout.Problem.Workflow[s.Op]));

    /// <summary>Machines that a pool would need beyond those there are.</summary>
    public IEnumerable<(Pool Pool, int More)> Missing() =>
        from p in Enumerable.Range(0, Pools.Pools.Length)
        let more = Bought[p] + Machines.Where(m => m.Key.Pool == p).Sum(m => m.Value) - Pools.Pools[p].Count
        where more > 0
        select (Pools.Pools[p], more);

    /// <summary>The same by workers: the machines of a pool are filled in the order of their ids.</summary>
    public Solution ByWorkers()
    {
        var layout = Pools.Layout;
        var shares = layout.Operators.SelectMany(o => layout.WorkersOf(o.Id).Select(w => (o.Id, w.Id))).ToDictionary(k => k, _ => 0.0);
        var sources = layout.Sources.Where(s => s.Worker is not null).ToDictionary(s => s.Source, s => s.Worker!.Value);
        var used = new SortedSet<WorkerId>(sources.Values.Concat(layout.Problem.SinkWorkers.Values));
        for (var p = 0; p < Pools.Pools.Length; p++)
        {
            var next = Machines.Count > 0 ? Divide(p, shares) : Pour(p, shares);
            used.UnionWith(Pools.Pools[p].Workers.Take(next));
        }

        foreach (var source in layout.Sources.Where(s => s.Worker is null))
        {
            sources[source.Source] = FirstUsed(used, layout.WorkersOf(source));
        }

        foreach (var ((op, tier), share) in Free)
        {
            shares[(op, FirstUsed(used, layout.WorkersOf(op).Where(w => layout.TierOf(w.Id) == tier)))] += share;
        }

        foreach (var source in layout.Sources)
        {
            shares[(source.Input, sources[source.Source])] += source.Rate / layout.Rates.Taken(source.Input);
        }

        foreach (var op in layout.Fused.Keys)
        {
            foreach (var worker in layout.WorkersOf(op))
            {
                shares[(op, worker.Id)] = shares.GetValueOrDefault((Pools.PlacedWith(op), worker.Id));
            }
        }

        return new Solution(layout, Assignment.Ways, shares, sources, Flows) { Paid = layout.Problem.Options.SpareTiers.IsEmpty ? [] : [.. Paid()] };
    }

    private IEnumerable<WorkerId> Paid() => Pools.Pools.SelectMany((pool, p) => pool.Workers.Take(Bought[p] + Machines.Where(m => m.Key.Pool == p).Sum(m => m.Value)));

    private static WorkerId FirstUsed(SortedSet<WorkerId> used, IEnumerable<Worker> possible) =>
        possible.Select(w => w.Id).OrderBy(w => used.Contains(w) ? 0 : 1).ThenBy(w => w).First();

    /// <summary>Shared machines: what is whole goes where it first fits, the largest first; then one machine after the other is filled up to what is allowed. Gives how many are used.</summary>
    private int Pour(int p, Dictionary<(OperatorId, WorkerId), double> shares)
    {
        var workers = Pools.Pools[p].Workers;
        var room = Enumerable.Repeat(1.0, Math.Clamp(Bought[p], 1, workers.Length)).ToArray();
        var here = Pools.Operators.Where(o => o is not InputOperator && Shares.GetValueOrDefault((o.Id, p)) > Dust)
            .Select(o => (o.Id, IsWhole: Pools.IsWhole(o), Load: Pools.Load(o.Id, Assignment.Ways[o.Id], p))).ToList();
        var used = 0;
        void Put(OperatorId op, int at, double part, double load)
        {
            shares[(op, workers[at])] += part;
            room[at] -= part * load;
            used = Math.Max(used, at + 1);
        }

        foreach (var (op, _, load) in here.Where(h => h.IsWhole).OrderByDescending(h => h.Load))
        {
            // Where none has room, the plan check will say so, and workers are told apart instead.
            Put(op, Math.Max(0, Array.FindIndex(room, r => r >= load - 1e-9)), 1, load);
        }

        var next = 0;
        foreach (var (op, _, load) in here.Where(h => !h.IsWhole))
        {
            var left = Shares[(op, p)];
            while (left > Dust)
            {
                if (next < room.Length - 1 && room[next] <= 1e-7)
                {
                    next++;
                    continue;
                }

                var part = next == room.Length - 1 || load * left <= room[next] ? left : room[next] / load;
                Put(op, next, part, load);
                left -= part;
            }
        }

        return used;
    }

    /// <summary>Machines that are not shared: each operator's part is divided evenly among its own.</summary>
    private int Divide(int p, Dictionary<(OperatorId, WorkerId), double> shares)
    {
        var next = 0;
        foreach (var op in Pools.Operators.Where(o => Shares.GetValueOrDefault((o.Id, p)) > Dust))
        {
            var count = Math.Max(1, Machines[(op.Id, p)]);
            foreach (var worker in Pools.Pools[p].Workers.Skip(next).Take(count))
            {
                shares[(op.Id, worker)] += Shares[(op.Id, p)] / count;
            }

            next += count;
        }

        return next;
    }
}
