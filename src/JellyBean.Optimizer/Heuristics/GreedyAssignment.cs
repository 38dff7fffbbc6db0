using System.Collections.Immutable;
using JellyBean.Optimizer.Models;
using JellyBean.Optimizer.Pools;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Optimizer.Heuristics;

/// <summary>The published greedy placement: operators one by one, each on workers of its own, the cheapest that suffices or else the cheapest for what it takes.</summary>
/// <remarks>
/// JellyBean (VLDB 2023, section 4.3) and its prototype's strategy "multiple tiers", whose behaviour it keeps: several orders of operators, ten states kept after each, workers of all tiers up to a
/// limit that is tried from near to far, and traffic priced for whole workers while choosing.
/// </remarks>
internal sealed class GreedyAssignment
{
    private const int Width = 10, MostOrders = 10;

    private readonly Layout _layout;
    private readonly IReadOnlyDictionary<OperatorId, Way> _ways;
    private readonly bool _givesBack;
    private readonly ImmutableArray<Operator> _operators;
    private readonly ImmutableArray<(OperatorId From, OperatorId To, int Flow)> _edges;
    private readonly Dictionary<OperatorId, double> _rates;
    private readonly Dictionary<WorkerId, int> _tiers;

    /// <param name="pools">The problem.</param>
    /// <param name="ways">The way of each operator.</param>
    /// <param name="givesBack">Whether the smallest workers are given back where the rest suffices (the prototype's "greedy backtrace").</param>
    public GreedyAssignment(PoolLayout pools, IReadOnlyDictionary<OperatorId, Way> ways, bool givesBack)
    {
        (_layout, _ways, _givesBack) = (pools.Layout, ways, givesBack);
        _operators = [.. pools.Operators.Where(o => o is InputOperator or InferOperator)];
        _rates = _operators.ToDictionary(o => o.Id, o => _layout.Rates.Taken(o.Id));
        _edges = [.. _layout.Rates.Flows.Select((f, i) => (f.From, To: pools.PlacedWith(f.To), Flow: i)).Where(e => pools.PlacedWith(e.From) == e.From && _rates.ContainsKey(e.From) && _rates.ContainsKey(e.To))];
        _tiers = _layout.Workers.ToDictionary(w => w.Id, w => _layout.Problem.Catalogue.Tiers.IndexOf(_layout.TierOf(w.Id)));
    }

    /// <summary>The best complete placements, cheapest first.</summary>
    public IEnumerable<GreedyState> Place() => Orders([], [.. _operators]).Take(MostOrders).SelectMany(Place).OrderBy(s => s.Total).Take(Width);

    /// <summary>What a placement costs under the published rules: every worker sends to every worker of the next operator in proportion.</summary>
    public double Cost(GreedyState state) => state.Compute + _edges.Sum(e => Traffic(state, e));

    private double Traffic(GreedyState state, (OperatorId From, OperatorId To, int Flow) edge) =>
        state.Placed[edge.To].Sum(to => Between(edge.Flow, Senders(state, edge.From), to.Worker, to.Rate / _rates[edge.To]));

    private IEnumerable<ImmutableArray<Operator>> Orders(ImmutableArray<Operator> done, ImmutableArray<Operator> left)
    {
        if (left.IsEmpty)
        {
            return [done];
        }

        return left.Where(o => _edges.Where(e => e.To == o.Id).All(e => done.Any(d => d.Id == e.From))).SelectMany(o => Orders(done.Add(o), left.Remove(o)));
    }

    private List<GreedyState> Place(ImmutableArray<Operator> order)
    {
        List<GreedyState> states = [GreedyState.Empty];
        foreach (var op in order)
        {
            states = [.. states.SelectMany(s => Place(s, op)).OrderBy(s => s.Total).Take(Width)];
        }

        return states;
    }

    private IEnumerable<GreedyState> Place(GreedyState state, Operator op)
    {
        if (op is InputOperator)
        {
            yield return state with { HighestTier = state.HighestTier.Add(op.Id, -1) };
            yield break;
        }

        var into = _edges.Where(e => e.To == op.Id).ToList();
        var lowest = Math.Max(0, into.Max(e => state.HighestTier[e.From]));
        for (var highest = lowest; highest < _layout.Problem.Catalogue.Tiers.Length; highest++)
        {
            var free = _layout.WorkersOf(op.Id).Where(w => _tiers[w.Id] >= lowest && _tiers[w.Id] <= highest && !state.Taken.Contains(w.Id) && Throughput(op, w.Id) > 0).Select(w => w.Id).ToList();
            if (Choose(state, op, into, free) is { } chosen)
            {
                var compute = chosen.Sum(c => _layout.Types[c.Worker].PricePerHour);
                var next = state with
                {
                    Placed = state.Placed.Add(op.Id, chosen),
                    HighestTier = state.HighestTier.Add(op.Id, chosen.Max(c => _tiers[c.Worker])),
                    Taken = state.Taken.Union(chosen.Select(c => c.Worker)),
                    Compute = state.Compute + compute,
                };
                yield return next with { Total = state.Total + compute + into.Sum(e => Traffic(next, e)) };
            }
        }
    }

    private double Throughput(Operator op, WorkerId worker)
    {
        var load = _layout.Services.Cores(op, _ways[op.Id], _layout.Types[worker]) / (_layout.Types[worker].Cores * _layout.Cap);
        return load is > 0 ? _rates[op.Id] / load.Value : 0;
    }

    private ImmutableArray<(WorkerId Worker, double Rate)>? Choose(GreedyState state, Operator op, List<(OperatorId From, OperatorId To, int Flow)> into, List<WorkerId> free)
    {
        var rate = _rates[op.Id];
        double Price(WorkerId worker, double part) => _layout.Types[worker].PricePerHour + into.Sum(e => Between(e.Flow, Senders(state, e.From), worker, part));
        // What is left is priced with the sources' rest, but with all of what other operators send: the prototype does so.
        double PriceOfRest(WorkerId worker, double part) =>
            _layout.Types[worker].PricePerHour + into.Sum(e => Between(e.Flow, Senders(state, e.From), worker, state.Placed.ContainsKey(e.From) ? 1 : part));
        List<WorkerId> Cheapest(IEnumerable<WorkerId> workers, Func<WorkerId, double> price) =>
            [.. workers.OrderBy(price).ThenBy(w => _givesBack ? 0 : Throughput(op, w))];
        List<WorkerId> Sufficient(List<WorkerId> workers, Func<double, bool> suffices) =>
            [.. workers.Where(w => _tiers[w] == workers.Min(x => _tiers[x]) && suffices(Throughput(op, w)))];

        var alone = Sufficient(free, t => t >= rate);
        var queue = alone.Count > 0
            ? Cheapest(alone, w => Price(w, 1))
            : [.. free.OrderBy(w => Price(w, Throughput(op, w) / rate) / Throughput(op, w)).ThenBy(w => Price(w, Throughput(op, w) / rate))];
        var chosen = new List<(WorkerId Worker, double Rate)>();
        var placed = 0.0;
        while (placed < rate && queue.Count > 0)
        {
            var worker = queue[0];
            queue.RemoveAt(0);
            var most = Throughput(op, worker);
            var part = !_givesBack && placed + most > rate ? rate - placed : most;
            chosen.Add((worker, part));
            placed += part;
            if (placed < rate && Sufficient(queue, t => t > rate - placed) is { Count: > 0 } rest)
            {
                queue = Cheapest(rest, w => PriceOfRest(w, (rate - placed) / rate));
            }
        }

        return placed < rate ? null : [.. _givesBack ? GiveBack(chosen, placed, rate) : chosen];
    }

    /// <summary>Leaves out the smallest workers that the rest can do without, and fills the rest from the smallest up.</summary>
    private static IEnumerable<(WorkerId Worker, double Rate)> GiveBack(List<(WorkerId Worker, double Rate)> chosen, double placed, double rate)
    {
        var spare = placed - rate;
        var filled = 0.0;
        foreach (var (worker, most) in chosen.OrderBy(c => c.Rate))
        {
            if (filled == 0 && most <= spare)
            {
                spare -= most;
                continue;
            }

            var part = Math.Min(most, rate - filled);
            filled += part;
            yield return (worker, part);
        }
    }

    /// <summary>Where an operator's elements come from, with the tier's part of them.</summary>
    private IEnumerable<(Tier Tier, double Part)> Senders(GreedyState state, OperatorId from) => state.Placed.TryGetValue(from, out var placed)
        ? placed.Select(p => (_layout.TierOf(p.Worker), p.Rate / _rates[from]))
        : _layout.Sources.Where(s => s.Input == from).Select(s => (s.Worker is { } worker ? _layout.TierOf(worker) : s.Tier, s.Rate / _rates[from]));

    private double Between(int flow, IEnumerable<(Tier Tier, double Part)> senders, WorkerId to, double part)
    {
        var tier = _layout.TierOf(to);
        var rate = _layout.Rates.Flows[flow];
        return senders.Sum(s => s.Tier == tier ? 0 : s.Part * part * ServiceTable.NetworkPerHour(rate.BytesPerSecond(_ways[rate.From].Variant), _layout.Link(s.Tier, tier)));
    }
}
