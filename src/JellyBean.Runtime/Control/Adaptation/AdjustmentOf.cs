using System.Collections.Immutable;
using JellyBean.Planning.Ladders;
using JellyBean.Runtime.Fragments;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Control.Adaptation;

/// <summary>What nodes are told of what was decided. Pure.</summary>
internal static class AdjustmentOf
{
    // Of each operator, besides the one that runs; a node loads as many as it has memory for.
    private const int MostReady = 3;

    /// <param name="state">What was decided.</param>
    /// <param name="load">What is offered, as a multiple of the planned rates.</param>
    /// <param name="offered">What each source that drops offers, elements per second.</param>
    public static Adjustment Of(FastState state, double load, IEnumerable<(SourceId Source, double PerSecond)> offered) => new(
        state.Plan.Epoch,
        state.Revision,
        [.. state.Current.Ways.Select(w => new OperatorSetting(w.Operator, w.Variant, w.BatchSize, TimeSpan.Zero, Ready(state, w)))],
        state.LetIn is { } letIn && load > 0 ? [.. offered.Select(o => new SourceLimit(o.Source, o.PerSecond * Math.Min(1, letIn / load)))] : []);

    /// <summary>What may be needed soon: one step down, the fastest of all for a leap, one step up; then what lies between.</summary>
    private static ImmutableArray<string> Ready(FastState state, RungWay way)
    {
        int[] first = [state.Rung + 1, state.Rungs.Length - 1, state.Rung - 1];
        return
        [
            .. first.Concat(Enumerable.Range(0, state.Rungs.Length).OrderBy(i => Math.Abs(i - state.Rung)))
                .Where(i => i >= 0 && i < state.Rungs.Length && i != state.Rung && state.IsUsable(state.Rungs[i]))
                .Select(i => state.Rungs[i].Ways.First(w => w.Operator == way.Operator).Variant)
                .Where(v => v != way.Variant).Distinct().Take(MostReady),
        ];
    }
}
