using JellyBean.Optimizer.Models;
using JellyBean.Optimizer.Programs;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Optimizer.Pools;

/// <summary>One machine of a type is missing: everything once more in a <see cref="PoolProgram"/>, on the machines that are bought but that one. It costs nothing itself.</summary>
/// <remarks>Machines of one type are taken together here, wherever sources are bound; that the fallback exists for each is found out when it is made.</remarks>
internal sealed class PoolFallback(PoolLayout pools, Assignment assignment, LinearProgram program, WorkerType missing, Func<int, Terms> machinesOf, int spare)
{
    private readonly Dictionary<(OperatorId Op, WorkerType Type), int> _share = [];
    private readonly Dictionary<(OperatorId Op, Tier Tier), int> _free = [];
    private readonly Dictionary<WorkerType, Terms> _left = [];

    private bool IsExclusive => pools.Layout.Problem.Options.Sharing == WorkerSharing.Exclusive;

    public void Add()
    {
        foreach (var type in pools.Pools.GroupBy(p => p.Type))
        {
            _left[type.Key] = Left(type.Key, type.Sum(p => p.Count + spare));
        }

        AddOperators();
        AddSources();
        new PoolFlows(pools, assignment, program, ShareIn, isPaid: false).Add();
    }

    /// <summary>The machines of a type that are left.</summary>
    private Terms Left(WorkerType type, int most)
    {
        var left = new Terms();
        foreach (var p in Enumerable.Range(0, pools.Pools.Length).Where(p => pools.Pools[p].Type == type))
        {
            left.Add(machinesOf(p));
        }

        if (type == missing)
        {
            // Only a type that is used at all misses one.
            var isUsed = program.AddColumn(0, 0, 1, isInteger: true);
            program.AtMost(new Terms().Add(left).Add(isUsed, -most), 0);
            left.Add(isUsed, -1);
        }

        return left;
    }

    private void AddOperators()
    {
        var taken = _left.Keys.ToDictionary(t => t, _ => new Terms());
        foreach (var op in pools.Operators.Where(o => o is not InputOperator))
        {
            var way = assignment.Ways[op.Id];
            var allowed = pools.PoolsOf(op.Id, way).DistinctBy(p => pools.Pools[p].Type).ToList();
            var whole = new Terms();
            if (allowed.All(p => pools.Load(op.Id, way, p) == 0))
            {
                AddWithoutWork(op, allowed, whole);
            }
            else
            {
                allowed.ForEach(p => AddWork(op, way, p, whole, taken[pools.Pools[p].Type]));
            }

            program.Equal(whole, 1);
        }

        foreach (var (type, terms) in taken.Where(t => !t.Value.IsConstant))
        {
            program.AtMost(terms.Add(_left[type], -1), 0);
        }
    }

    private void AddWork(Operator op, Way way, int p, Terms whole, Terms taken)
    {
        var (type, load) = (pools.Pools[p].Type, pools.Load(op.Id, way, p));
        var isWhole = pools.IsWhole(op);
        var share = _share[(op.Id, type)] = program.AddColumn(0, 0, isWhole && !pools.HoldsWhole(op, way, p) ? 0 : 1, isWhole);
        whole.Add(share);
        if (IsExclusive)
        {
            var machines = program.AddColumn(0, 0, Math.Max(1, Math.Ceiling(load - 1e-9)), isInteger: true);
            program.AtMost(new Terms().Add(share, Math.Max(load, 1)).Add(machines, -1), 0);
            taken.Add(machines);
            return;
        }

        taken.Add(share, load);
        if (load < 1)
        {
            program.AtMost(new Terms().Add(share).Add(_left[type], -1), 0);
        }
    }

    private void AddWithoutWork(Operator op, List<int> allowed, Terms whole)
    {
        foreach (var tier in allowed.GroupBy(p => pools.Pools[p].Tier))
        {
            var free = _free[(op.Id, tier.Key)] = program.AddColumn(0, 0, 1, pools.IsWhole(op));
            whole.Add(free);
            AddNeed(new Terms().Add(free), tier);
        }
    }

    /// <summary>What is read on the machine that is missing is read on another of its tier.</summary>
    private void AddSources()
    {
        foreach (var source in pools.Layout.Sources.Where(s => s.Worker is not { } worker || pools.Layout.Types[worker] == missing))
        {
            var possible = pools.Layout.WorkersOf(source with { Worker = null }).Select(w => w.Id).ToHashSet();
            AddNeed(new Terms().Add(1.0), Enumerable.Range(0, pools.Pools.Length).Where(p => possible.Contains(pools.Pools[p].Workers[0])));
        }
    }

    private void AddNeed(Terms need, IEnumerable<int> possible)
    {
        var machines = new Terms().Add(need, -1);
        foreach (var type in possible.Select(p => pools.Pools[p].Type).Distinct())
        {
            machines.Add(_left[type]);
        }

        program.AtLeast(machines, 0);
    }

    private Terms ShareIn(OperatorId op, Tier tier)
    {
        var placed = pools.PlacedWith(op);
        var terms = new Terms();
        if (pools.Layout.Problem.Workflow[placed] is InputOperator)
        {
            return terms.Add(pools.InputShare(placed, tier));
        }

        foreach (var (key, share) in _share.Where(s => s.Key.Op == placed && s.Key.Type.Tier == tier))
        {
            terms.Add(share);
        }

        return _free.TryGetValue((placed, tier), out var free) ? terms.Add(free) : terms;
    }
}
