using System.Collections.Immutable;
using JellyBean.Optimizer.Models;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;

namespace JellyBean.Optimizer.Latencies;

/// <summary>The sets of machines that a plan may use, the cheapest first; of machines that can stand in for each other, those with the first ids.</summary>
internal sealed class MachineSets
{
    private readonly List<ImmutableArray<WorkerId>> _kinds = [];
    private readonly List<double> _prices = [];
    private readonly ImmutableArray<WorkerId> _bound;
    private readonly double _inAnyCase;

    public MachineSets(Layout layout)
    {
        // A machine that a source or sink is bound to is in every set.
        _bound = [.. layout.Workers.Select(w => w.Id).Where(w => layout.Sources.Any(s => s.Worker == w) || layout.Problem.SinkWorkers.ContainsValue(w))];

        // What is owned and runs now costs the same idle.
        _inAnyCase = layout.Workers.Where(w => _bound.Contains(w.Id) || layout.KeptOn.Contains(w.Id)).Sum(w => layout.Types[w.Id].PricePerHour);
        foreach (var worker in layout.Workers.Where(w => !_bound.Contains(w.Id)))
        {
            var alike = _kinds.FindIndex(k => layout.AreAlike(layout.Workers.First(w => w.Id == k[0]), worker));
            if (alike >= 0)
            {
                _kinds[alike] = _kinds[alike].Add(worker.Id);
                continue;
            }

            _kinds.Add([worker.Id]);
            _prices.Add(layout.KeptOn.Contains(worker.Id) ? 0 : layout.Types[worker.Id].PricePerHour);
        }
    }

    /// <summary>Every set with what its machines cost per hour, and those that are left idle but paid: no plan on it costs less.</summary>
    public IEnumerable<(ImmutableArray<WorkerId> Workers, double PricePerHour)> ByPrice()
    {
        var open = new PriorityQueue<(int[] Counts, int Last), (double Price, int Number)>();
        var number = 0;
        open.Enqueue((new int[_kinds.Count], 0), (0, number++));
        while (open.TryDequeue(out var set, out var order))
        {
            if (set.Counts.Sum() + _bound.Length > 0)
            {
                yield return ([.. _bound.Concat(set.Counts.SelectMany((count, kind) => _kinds[kind].Take(count))).Order()], _inAnyCase + order.Price);
            }

            // Each set comes of one other: the one without its last machine.
            for (var kind = set.Last; kind < _kinds.Count; kind++)
            {
                if (set.Counts[kind] < _kinds[kind].Length)
                {
                    var more = (int[])set.Counts.Clone();
                    more[kind]++;
                    open.Enqueue((more, kind), (order.Price + _prices[kind], number++));
                }
            }
        }
    }
}
