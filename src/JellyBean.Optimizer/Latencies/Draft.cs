using System.Collections.Immutable;
using JellyBean.Optimizer.Models;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Optimizer.Latencies;

/// <summary>A plan in the making: a way for each operator, the workers that it is on, and where sources are read.</summary>
/// <param name="Ways">The way of each operator.</param>
/// <param name="Workers">The workers of each operator but inputs; what is on several is divided so that all are busy alike with it.</param>
/// <param name="Reads">The worker of each source.</param>
internal sealed record Draft(
    ImmutableDictionary<OperatorId, Way> Ways,
    ImmutableDictionary<OperatorId, ImmutableArray<WorkerId>> Workers,
    ImmutableDictionary<SourceId, WorkerId> Reads)
{
    /// <summary>A plan as a draft; null where it has machines, ways or sources that are not to be chosen here.</summary>
    public static Draft? Of(Plan plan, Layout layout)
    {
        var placed = plan.Placements.ToDictionary(p => p.Operator);
        var reads = plan.Sources.ToDictionary(s => s.Source, s => s.Worker);
        var isPossible = layout.Operators.All(o => placed.TryGetValue(o.Id, out var p) && layout.WaysOf(o.Id).Contains(WayOf(p)) && p.Instances.All(i => layout.WorkersOf(o.Id).Any(w => w.Id == i.Worker)))
            && layout.Sources.All(s => reads.TryGetValue(s.Source, out var worker) && layout.WorkersOf(s).Any(w => w.Id == worker));
        return !isPossible ? null : new Draft(
            placed.ToImmutableDictionary(p => p.Key, p => WayOf(p.Value)),
            layout.Operators.Where(o => o is not InputOperator).ToImmutableDictionary(o => o.Id, o => placed[o.Id].Instances.Select(i => i.Worker).ToImmutableArray()),
            layout.Sources.ToImmutableDictionary(s => s.Source, s => reads[s.Source]));

        static Way WayOf(Placement placement) => new(placement.Variant, placement.BatchSize);
    }

    /// <summary>The draft in numbers, and the part of elements that no link takes where they should go.</summary>
    public (Solution Solution, double Stranded) Solve(Layout layout)
    {
        var shares = layout.Operators.SelectMany(o => layout.WorkersOf(o.Id).Select(w => (o.Id, w.Id))).ToDictionary(k => k, _ => 0.0);
        foreach (var source in layout.Sources)
        {
            shares[(source.Input, Reads[source.Source])] += source.Rate / layout.Rates.Taken(source.Input);
        }

        foreach (var (op, workers) in Workers)
        {
            var speeds = workers.Select(w => 1 / Math.Max(layout.Services.Cores(layout.Problem.Workflow[op], Ways[op], layout.Types[w]) ?? 0, 1e-9) * layout.Types[w].Cores).ToList();
            foreach (var (worker, speed) in workers.Zip(speeds))
            {
                shares[(op, worker)] += speed / speeds.Sum();
            }
        }

        var tiers = layout.Operators.ToDictionary(o => o.Id, o => layout.WorkersOf(o.Id).GroupBy(w => layout.TierOf(w.Id)).ToDictionary(g => g.Key, g => g.Sum(w => shares[(o.Id, w.Id)])));
        var flows = new Dictionary<(int, string?, Tier, Tier), double>();
        var stranded = 0.0;
        foreach (var (flow, i) in layout.Rates.Flows.Select((f, i) => (f, i)))
        {
            stranded += Divide(layout, i, new Dictionary<Tier, double>(tiers[flow.From]), new Dictionary<Tier, double>(tiers[flow.To]), flows);
        }

        return (new Solution(layout, Ways, shares, Reads, flows), stranded);
    }

    /// <summary>Divides a flow between tiers: what can stay stays. Gives what is left over.</summary>
    private static double Divide(Layout layout, int flow, Dictionary<Tier, double> supply, Dictionary<Tier, double> demand, Dictionary<(int, string?, Tier, Tier), double> flows)
    {
        var pairs = from s in supply.Keys from d in demand.Keys where layout.MaySend(s, d) orderby s != d, s.Name, d.Name select (s, d);
        foreach (var (from, to) in pairs.ToList())
        {
            var part = Math.Min(supply[from], demand[to]);
            if (part > 0)
            {
                flows[(flow, null, from, to)] = part;
                supply[from] -= part;
                demand[to] -= part;
            }
        }

        return supply.Values.Sum();
    }
}
