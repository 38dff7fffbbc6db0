using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;

namespace JellyBean.Planning.Plans;

/// <summary>What changes from one plan to the next: no more than a transition must do.</summary>
public sealed record PlanDiff
{
    /// <summary>Operators that run on other workers than before, by id.</summary>
    public ImmutableArray<OperatorMove> Moves { get; init; } = [];

    /// <summary>Operators that change their variant in place, by id.</summary>
    public ImmutableArray<VariantSwap> Swaps { get; init; } = [];

    /// <summary>Operators that change their batch size in place, by id.</summary>
    public ImmutableArray<BatchChange> Batches { get; init; } = [];

    /// <summary>Operators that stay on their workers but divide elements otherwise, or run more or fewer side by side, by id.</summary>
    public ImmutableArray<OperatorId> Resized { get; init; } = [];

    /// <summary>Whether nothing changes that a node would notice.</summary>
    public bool IsEmpty => Moves.IsEmpty && Swaps.IsEmpty && Batches.IsEmpty && Resized.IsEmpty;

    /// <summary>Compares two plans of one workflow; epochs, costs and predictions do not count.</summary>
    /// <exception cref="ArgumentException">The plans are for different workflows.</exception>
    public static PlanDiff Between(Plan before, Plan after)
    {
        if (before.WorkflowFingerprint != after.WorkflowFingerprint)
        {
            throw new ArgumentException($"The plans are for workflows {before.WorkflowFingerprint} and {after.WorkflowFingerprint}. Compare plans of one workflow.", nameof(after));
        }

        var pairs = before.Placements.Join(after.Placements, p => p.Operator, p => p.Operator, (b, a) => (Before: b, After: a)).OrderBy(p => p.Before.Operator).ToList();
        return new PlanDiff
        {
            Moves = [.. pairs.Select(p => OperatorMove.Between(p.Before, p.After)).OfType<OperatorMove>()],
            Swaps = [.. pairs.Where(p => p.Before.Variant != p.After.Variant).Select(p => new VariantSwap(p.Before.Operator, p.Before.Variant, p.After.Variant))],
            Batches = [.. pairs.Where(p => p.Before.BatchSize != p.After.BatchSize).Select(p => new BatchChange(p.Before.Operator, p.Before.BatchSize, p.After.BatchSize))],
            Resized = [.. pairs.Where(p => OperatorMove.Between(p.Before, p.After) is null && !p.Before.Instances.SequenceEqual(p.After.Instances)).Select(p => p.Before.Operator)],
        };
    }
}

/// <summary>An operator that runs on other workers than before.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Leaves">Workers that run it no more.</param>
/// <param name="Joins">Workers that begin to run it.</param>
public sealed record OperatorMove(OperatorId Operator, ImmutableArray<WorkerId> Leaves, ImmutableArray<WorkerId> Joins)
{
    internal static OperatorMove? Between(Placement before, Placement after)
    {
        var (old, now) = (before.Instances.Select(i => i.Worker).ToHashSet(), after.Instances.Select(i => i.Worker).ToHashSet());
        return old.SetEquals(now) ? null : new OperatorMove(before.Operator, [.. old.Except(now).Order()], [.. now.Except(old).Order()]);
    }
}

/// <summary>An operator that changes its variant.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Before">The variant before.</param>
/// <param name="After">The variant after.</param>
public sealed record VariantSwap(OperatorId Operator, string? Before, string? After);

/// <summary>An operator that changes its batch size.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Before">Most elements in a run before.</param>
/// <param name="After">Most elements in a run after.</param>
public sealed record BatchChange(OperatorId Operator, int Before, int After);
