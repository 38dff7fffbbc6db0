using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>What another plan changes, for people.</summary>
internal static class PlanChanges
{
    /// <returns>A line for each change; empty where nodes would notice nothing.</returns>
    public static ImmutableArray<string> Of(Plan before, Plan after)
    {
        var diff = PlanDiff.Between(before, after);
        return
        [
            .. diff.Moves.Select(m => $"{m.Operator}: {At(before, m)} → {At(after, m)}"),
            .. diff.Swaps.Select(s => $"{s.Operator}: variant {s.Before ?? "none"} → {s.After ?? "none"}"),
            .. diff.Batches.Select(b => $"{b.Operator}: batches of {b.Before} → {b.After}"),
            .. diff.Resized.Select(o => $"{o}: divided otherwise"),
            .. before.Sources.Join(after.Sources, s => s.Source, s => s.Source, (b, a) => (b.Source, Before: b.Worker, After: a.Worker)).Where(s => s.Before != s.After).Select(s => $"{s.Source}: {s.Before} → {s.After}"),
            .. before.Sources.ExceptBy(after.Sources.Select(s => s.Source), s => s.Source).Select(s => $"{s.Source}: left out"),
            .. after.Sources.ExceptBy(before.Sources.Select(s => s.Source), s => s.Source).Select(s => $"{s.Source}: read on {s.Worker}"),
        ];
    }

    private static string At(Plan plan, OperatorMove move) => Join(plan[move.Operator].Instances.Select(i => i.Worker));

    private static string Join(IEnumerable<WorkerId> workers) => string.Join("+", workers.Order());
}
