using JellyBean.Optimizer.Models;
using JellyBean.Optimizer.Programs;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Optimizer.Pools;

/// <summary>The least cost of one assignment as a program: machines of each pool by the piece, operators' shares in pools, flows between tiers.</summary>
internal sealed class PoolProgram
{
    private readonly PoolLayout _pools;
    private readonly Assignment _assignment;
    private readonly int _spare;
    private readonly Dictionary<(OperatorId Op, int Pool), int> _share = [];
    private readonly Dictionary<(OperatorId Op, Tier Tier), int> _free = [];
    private readonly Dictionary<(OperatorId Op, int Pool), int> _machines = [];
    private readonly Dictionary<int, int> _bought = [];
    private readonly PoolFlows _flows;
    private readonly List<(Terms Need, List<int> Pools)> _needs = [];

    /// <param name="pools">What can be chosen.</param>
    /// <param name="assignment">The ways that are settled.</param>
    /// <param name="spare">Machines of each pool beyond those that there are, to ask what would do where these do not.</param>
    public PoolProgram(PoolLayout pools, Assignment assignment, int spare = 0)
    {
        (_pools, _assignment, _spare) = (pools, assignment, spare);
        AddMachines();
        AddOperators();
        AddNeeds();
        AddKeptOn();
        _flows = new PoolFlows(pools, assignment, Program, ShareIn);
        _flows.Add();
        foreach (var type in pools.MayFail)
        {
            new PoolFallback(pools, assignment, Program, type, MachinesOf, spare).Add();
        }
    }

    public LinearProgram Program { get; } = new();

    /// <summary>What a solution says, by pool.</summary>
    public PoolSolution Read(double[] values) => new(
        _pools,
        _assignment,
        _share.Where(s => values[s.Value] > 0).ToDictionary(s => s.Key, s => values[s.Value]),
        _free.Where(s => values[s.Value] > 0).ToDictionary(s => s.Key, s => values[s.Value]),
        _machines.ToDictionary(m => m.Key, m => (int)Math.Round(values[m.Value])),
        _bought.ToDictionary(b => b.Key, b => (int)Math.Round(values[b.Value])),
        _flows.Read(values));

    /// <summary>All machines of a pool.</summary>
    private Terms MachinesOf(int p)
    {
        var machines = new Terms().Add(_bought[p]);
        foreach (var (_, column) in _machines.Where(m => m.Key.Pool == p))
        {
            machines.Add(column);
        }

        return machines;
    }

    private bool IsExclusive => _pools.Layout.Problem.Options.Sharing == WorkerSharing.Exclusive;

    /// <summary>Shared machines of a pool; where they are not shared, those that only sources, sinks and operators without work are on.</summary>
    private void AddMachines()
    {
        for (var p = 0; p < _pools.Pools.Length; p++)
        {
            var pool = _pools.Pools[p];
            _bought[p] = Program.AddColumn(pool.Type.PricePerHour, pool.IsNeeded && !IsExclusive ? 1 : 0, pool.Count + _spare, isInteger: true);
        }
    }

    private void AddOperators()
    {
        var loads = _pools.Pools.Select(_ => new Terms()).ToArray();
        var crowds = Enumerable.Range(0, _pools.Pools.Length).Select(p => new Terms().Add(_bought[p])).ToArray();
        foreach (var op in _pools.Operators.Where(o => o is not InputOperator))
        {
            var way = _assignment.Ways[op.Id];
            var pools = _pools.PoolsOf(op.Id, way).ToList();
            var whole = new Terms();
            if (pools.All(p => _pools.Load(op.Id, way, p) == 0))
            {
                AddWithoutWork(op, pools, whole);
            }
            else
            {
                foreach (var p in pools)
                {
                    AddWork(op, way, p, whole, loads[p], crowds[p]);
                }
            }

            Program.Equal(whole, 1);
        }

        for (var p = 0; p < _pools.Pools.Length; p++)
        {
            if (IsExclusive)
            {
                Program.AtMost(crowds[p], _pools.Pools[p].Count + _spare);
            }
            else if (!loads[p].IsConstant)
            {
                Program.AtMost(loads[p].Add(_bought[p], -1), 0);
            }
        }
    }

    private void AddWork(Operator op, Way way, int p, Terms whole, Terms loads, Terms crowd)
    {
        var load = _pools.Load(op.Id, way, p);
        var most = _pools.Pools[p].Count + _spare;
        var isWhole = _pools.IsWhole(op);
        var largest = isWhole ? (_pools.HoldsWhole(op, way, p) ? 1 : 0) : load > 0 ? Math.Min(1, most / load) : 1;
        var share = _share[(op.Id, p)] = Program.AddColumn(0, 0, largest, isWhole);
        whole.Add(share);
        loads.Add(share, load);
        var machines = _bought[p];
        if (IsExclusive)
        {
            // No more machines than hold all of it, rounded up.
            machines = _machines[(op.Id, p)] = Program.AddColumn(_pools.Pools[p].Type.PricePerHour, 0, Math.Min(most, Math.Max(1, Math.Ceiling(load - 1e-9))), isInteger: true);
            crowd.Add(machines);
            Program.AtMost(new Terms().Add(share, Math.Max(load, 1)).Add(machines, -1), 0);
        }
        else if (load < 1)
        {
            Program.AtMost(new Terms().Add(share).Add(machines, -1), 0);
        }
    }

    /// <summary>An operator without work only needs some machine that is there anyway, in the tier where its part is.</summary>
    private void AddWithoutWork(Operator op, List<int> pools, Terms whole)
    {
        var isWhole = ServiceTable.IsWhole(op, _pools.Layout.Problem.Options);
        foreach (var tier in pools.GroupBy(p => _pools.Pools[p].Tier))
        {
            whole.Add(_free[(op.Id, tier.Key)] = Program.AddColumn(0, 0, 1, isWhole));
            _needs.Add((new Terms().Add(_free[(op.Id, tier.Key)]), [.. tier]));
        }
    }

    /// <summary>Where something is that needs no time, a machine is bought all the same.</summary>
    private void AddNeeds()
    {
        foreach (var source in _pools.Layout.Sources.Where(s => s.Worker is null))
        {
            var possible = _pools.Layout.WorkersOf(source).Select(w => w.Id).ToHashSet();
            _needs.Add((new Terms().Add(1.0), [.. Enumerable.Range(0, _pools.Pools.Length).Where(p => possible.Contains(_pools.Pools[p].Workers[0]))]));
        }

        for (var p = 0; IsExclusive && p < _pools.Pools.Length; p++)
        {
            if (_pools.Pools[p].IsNeeded)
            {
                _needs.Add((new Terms().Add(1.0), [p]));
            }
        }

        foreach (var (need, pools) in _needs)
        {
            var machines = new Terms().Add(need, -1);
            foreach (var p in pools)
            {
                machines.Add(MachinesOf(p));
            }

            Program.AtLeast(machines, 0);
        }
    }

    /// <summary>Owned machines of the plan in force cost the same idle.</summary>
    private void AddKeptOn()
    {
        for (var p = 0; p < _pools.Pools.Length; p++)
        {
            if (_pools.KeptOn(p) is > 0 and var kept)
            {
                Program.AtLeast(MachinesOf(p).Add(Program.AddColumn(_pools.Pools[p].Type.PricePerHour, 0, kept)), kept);
            }
        }
    }

    /// <summary>An operator's share in a tier.</summary>
    private Terms ShareIn(OperatorId op, Tier tier)
    {
        var placed = _pools.PlacedWith(op);
        var terms = new Terms();
        if (_pools.Layout.Problem.Workflow[placed] is InputOperator)
        {
            return terms.Add(_pools.InputShare(placed, tier));
        }

        for (var p = 0; p < _pools.Pools.Length; p++)
        {
            if (_pools.Pools[p].Tier == tier && _share.TryGetValue((placed, p), out var share))
            {
                terms.Add(share);
            }
        }

        return _free.TryGetValue((placed, tier), out var free) ? terms.Add(free) : terms;
    }
}
