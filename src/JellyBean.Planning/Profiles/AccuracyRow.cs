using System.Collections.Immutable;
using JellyBean.Workflows;

namespace JellyBean.Planning.Profiles;

/// <summary>A measured accuracy of some operators' variants taken together, whatever the other operators' variants are.</summary>
/// <remarks>Nothing is read between rows: a better variant in one place may be worse end to end, as measured tables show.</remarks>
public sealed record AccuracyRow
{
    /// <summary>The metric's name, as objectives carry it.</summary>
    public required string Metric { get; init; }

    /// <summary>The variants it was measured with.</summary>
    public required ImmutableArray<VariantChoice> Variants { get; init; }

    /// <summary>The metric's value, in its own unit.</summary>
    public required double Value { get; init; }

    /// <summary>How it came about: data set, command, date.</summary>
    public required string Provenance { get; init; }

    /// <summary>Where it was read, for people: a file, and whose that is; null where that was not said.</summary>
    public string? Origin { get; init; }

    /// <summary>Whether it was worked out rather than measured. The planner relies on such rows only when told to.</summary>
    public bool IsEstimated { get; init; }

    /// <summary>Everything that is wrong with the row, held against a workflow: what was found, what is allowed and what to do. Empty where it can be planned with.</summary>
    public ImmutableArray<string> Validate(Workflow workflow)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        return ProfileValidation.Errors(this, workflow);
    }
}

/// <summary>A variant for an operator.</summary>
/// <param name="Operator">An infer operator.</param>
/// <param name="Variant">A variant of its model.</param>
public sealed record VariantChoice(OperatorId Operator, string Variant);
