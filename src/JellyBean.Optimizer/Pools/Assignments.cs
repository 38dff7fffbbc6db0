using System.Collections.Immutable;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Profiles;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Optimizer.Pools;

/// <summary>All assignments worth looking at. Each meets a measured row at or above the floor for every output that has one; accuracies between rows are not guessed.</summary>
internal static class Assignments
{
    /// <summary>The assignments in a fixed order; null where they are more than can be looked at one by one.</summary>
    public static List<Assignment>? Of(PoolLayout pools, int most)
    {
        var problem = pools.Layout.Problem;
        var floors = problem.Workflow.Operators.OfType<OutputOperator>()
            .Where(o => problem.ObjectivesOf(o).Accuracy is not null)
            .Select(o => (Floor: problem.ObjectivesOf(o).Accuracy!, Table: AccuracyTable.Of(problem, o.Id, problem.ObjectivesOf(o).Accuracy!.Metric))).ToList();
        var measured = floors.SelectMany(f => f.Table.Rows).SelectMany(r => r.Variants).Select(v => v.Operator).ToHashSet();
        var fixedParts = new List<ImmutableDictionary<OperatorId, string>> { ImmutableDictionary<OperatorId, string>.Empty };
        foreach (var (floor, table) in floors)
        {
            fixedParts = [.. fixedParts.SelectMany(f => table.Rows.Where(r => r.Value >= floor.Least).Select(r => Join(f, r))).OfType<ImmutableDictionary<OperatorId, string>>()];
            if (fixedParts.Count > most)
            {
                return null;
            }
        }

        var ways = pools.Layout.Operators.ToDictionary(o => o.Id, o => WaysWorthHaving(pools, o, isMeasured: measured.Contains(o.Id)));
        var found = new Dictionary<string, Assignment>(StringComparer.Ordinal);
        foreach (var part in fixedParts)
        {
            var choices = pools.Layout.Operators.Select(o => (o.Id, Ways: ways[o.Id].Where(w => !part.TryGetValue(o.Id, out var v) || v == w.Variant).ToList())).ToList();
            if (choices.Aggregate(1.0, (product, c) => product * c.Ways.Count) + found.Count > most)
            {
                return null;
            }

            foreach (var assignment in Product(choices).Where(a => floors.All(f => f.Table.ValueOf(id => a.Ways[id].Variant) >= f.Floor.Least)))
            {
                found.TryAdd(string.Join('\n', assignment.Ways.OrderBy(w => w.Key).Select(w => $"{w.Value.Variant}\t{w.Value.BatchSize}")), assignment);
            }
        }

        return [.. found.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Value)];
    }

    private static ImmutableDictionary<OperatorId, string>? Join(ImmutableDictionary<OperatorId, string> part, AccuracyRow row) =>
        row.Variants.All(v => !part.TryGetValue(v.Operator, out var variant) || variant == v.Variant)
            ? part.SetItems(row.Variants.Select(v => KeyValuePair.Create(v.Operator, v.Variant)))
            : null;

    /// <summary>Ways that no other way beats everywhere: in load on every type of machine and in the size of what is sent. A measured variant is only compared with itself.</summary>
    private static List<Way> WaysWorthHaving(PoolLayout pools, Operator op, bool isMeasured)
    {
        var flows = pools.Layout.Rates.Flows.Where(f => f.From == op.Id).ToList();
        var costs = pools.Layout.WaysOf(op.Id).Select(w => (Way: w, Costs: Enumerable.Range(0, pools.Pools.Length)
            .Select(p => pools.Layout.Services.Cores(op, w, pools.Pools[p].Type) ?? double.PositiveInfinity)
            .Concat(flows.Select(f => f.BytesPerSecond(w.Variant))).ToArray())).ToList();
        var kept = new List<(Way Way, double[] Costs)>();
        foreach (var one in costs)
        {
            bool Beats((Way Way, double[] Costs) other) => (!isMeasured || other.Way.Variant == one.Way.Variant) && other.Costs.Zip(one.Costs).All(c => c.First <= c.Second);
            if (!kept.Any(Beats) && !costs.Any(o => Beats(o) && !o.Costs.SequenceEqual(one.Costs)))
            {
                kept.Add(one);
            }
        }

        return [.. kept.Select(k => k.Way)];
    }

    private static IEnumerable<Assignment> Product(List<(OperatorId Op, List<Way> Ways)> choices)
    {
        IEnumerable<ImmutableDictionary<OperatorId, Way>> all = [ImmutableDictionary<OperatorId, Way>.Empty];
        foreach (var (op, ways) in choices)
        {
            all = all.SelectMany(head => ways.Select(w => head.Add(op, w)));
        }

        return all.Select(ways => new Assignment(ways));
    }
}
