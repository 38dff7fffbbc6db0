using System.Collections.Immutable;
using JellyBean.Planning.Ladders;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Control.Adaptation;

/// <summary>All that the fast loop remembers of an epoch. A value: <see cref="FastLoop"/> makes the next one.</summary>
internal sealed record FastState
{
    /// <summary>The plan in force, with its epoch.</summary>
    public required Plan Plan { get; init; }

    /// <summary>The variants that people have chosen: no rung with others runs.</summary>
    public ImmutableSortedDictionary<OperatorId, string> Chosen { get; init; } = ImmutableSortedDictionary<OperatorId, string>.Empty;

    /// <summary>The rungs that may run, the most accurate first: from the plan's own down; where people have chosen others, those that have them, from the first that takes the planned rates.</summary>
    public required ImmutableArray<LadderRung> Rungs { get; init; }

    /// <summary>The one that runs.</summary>
    public int Rung { get; init; }

    /// <summary>The number of the last change.</summary>
    public long Revision { get; init; }

    /// <summary>What sources let in at most, as a multiple of the planned rates; null where they let in everything.</summary>
    public double? LetIn { get; init; }

    /// <summary>What was measured of the rungs' capacities, as a part of what the plan says of them.</summary>
    public double Correction { get; init; } = 1;

    /// <summary>Variants that could not be loaded: they are not tried again under this plan.</summary>
    public ImmutableHashSet<(OperatorId Operator, string Variant)> Broken { get; init; } = [];

    /// <summary>How often in a row it was too much.</summary>
    public int Over { get; init; }

    /// <summary>Since when a more accurate rung would do; null while none would.</summary>
    public TimeSpan? CalmSince { get; init; }

    /// <summary>The least accurate of the rungs that would have done since then.</summary>
    public int CalmRung { get; init; }

    /// <summary>How long that must last.</summary>
    public required TimeSpan CalmFor { get; init; }

    /// <summary>Since when all that is offered could be let in; null while it could not.</summary>
    public TimeSpan? RoomSince { get; init; }

    /// <summary>When variants changed last; null before.</summary>
    public TimeSpan? SteppedAt { get; init; }

    /// <summary>When they changed to more accurate ones last; null before.</summary>
    public TimeSpan? UpAt { get; init; }

    /// <summary>When it was measured last; null before.</summary>
    public TimeSpan? MeasuredAt { get; init; }

    /// <summary>The rung that runs.</summary>
    public LadderRung Current => Rungs[Rung];

    /// <summary>Begins with a plan; where its nodes run something else of its ladder already, with that.</summary>
    /// <param name="plan">In force.</param>
    /// <param name="options">How long calm must last.</param>
    /// <param name="variants">What operators run, as reported.</param>
    /// <param name="revision">The last change that is in force.</param>
    /// <param name="chosen">The variants that people have chosen.</param>
    /// <returns>Null where the plan has no ladder, or none with what was chosen: nothing can be changed.</returns>
    public static FastState? Begin(
        Plan plan, AdaptationOptions options, IReadOnlyDictionary<OperatorId, string> variants, long revision, ImmutableSortedDictionary<OperatorId, string> chosen)
    {
        var rungs = RungsOf(plan, chosen);
        if (rungs.IsEmpty)
        {
            return null;
        }

        var runs = rungs.ToList().FindIndex(r => Runs(r, variants));
        return new FastState { Plan = plan, Chosen = chosen, Rungs = rungs, Rung = Math.Max(0, runs), Revision = revision, CalmFor = options.CalmFor };
    }

    /// <summary>The rungs of a plan that may run in its place.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="chosen">The variants that people have chosen.</param>
    public static ImmutableArray<LadderRung> RungsOf(Plan plan, ImmutableSortedDictionary<OperatorId, string> chosen)
    {
        var own = plan.Placements.Where(p => p.Variant is not null).ToDictionary(p => p.Operator, p => p.Variant!);
        if (!plan.Ladder.Any(r => Runs(r, own)))
        {
            return [];
        }

        // More accuracy than was planned for is for another plan: its machines would be too busy.
        var rungs = plan.Ladder.Where(r => r.Ways.All(w => !chosen.TryGetValue(w.Operator, out var variant) || variant == w.Variant)).ToList();
        var first = rungs.FindIndex(r => Runs(r, own)) is >= 0 and var at ? at : rungs.FindIndex(r => r.Capacity >= 1);
        return first < 0 ? [] : [.. rungs[first..]];
    }

    /// <summary>Whether nodes that run these variants run the current rung.</summary>
    public bool IsRunBy(IReadOnlyDictionary<OperatorId, string> variants) => Runs(Current, variants);

    /// <summary>Whether all of a rung's variants can be loaded, as far as is known.</summary>
    public bool IsUsable(LadderRung rung) => !rung.Ways.Any(w => Broken.Contains((w.Operator, w.Variant)));

    /// <summary>What a rung can take, as a multiple of the planned rates.</summary>
    public double CapacityOf(LadderRung rung) => rung.Capacity * Correction;

    private static bool Runs(LadderRung rung, IReadOnlyDictionary<OperatorId, string> variants) =>
        rung.Ways.All(w => variants.TryGetValue(w.Operator, out var variant) && variant == w.Variant);
}

/// <summary>What came of a measurement: the next state, and what was decided; null where nothing changes.</summary>
internal readonly record struct FastStep(FastState State, AdaptationRecord? Decision);
