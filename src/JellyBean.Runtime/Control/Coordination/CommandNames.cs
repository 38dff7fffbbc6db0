using System.Collections.Immutable;
using JellyBean.Runtime.Commands;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>What commands may name.</summary>
internal sealed record CommandNames
{
    public static CommandNames None { get; } = new();

    /// <summary>The operators that have a place of their own, with the tier that the workflow pins them to.</summary>
    public ImmutableSortedDictionary<OperatorId, Tier?> Pinnable { get; init; } = ImmutableSortedDictionary<OperatorId, Tier?>.Empty;

    /// <summary>The operators that ask a model, with its variants.</summary>
    public ImmutableSortedDictionary<OperatorId, ImmutableArray<string>> Variants { get; init; } = ImmutableSortedDictionary<OperatorId, ImmutableArray<string>>.Empty;

    /// <summary>The tiers there are; empty where only nodes tell.</summary>
    public ImmutableArray<Tier> Tiers { get; init; } = [];

    /// <summary>The inputs, to which sources may be added.</summary>
    public ImmutableSortedSet<OperatorId> Inputs { get; init; } = [];

    /// <summary>The sources that are configured.</summary>
    public ImmutableSortedSet<SourceId> Configured { get; init; } = [];

    /// <summary>What is wrong with a source that is to be added; null where only those who plan know.</summary>
    public Func<SourceAddition, IReadOnlyList<string>>? Problems { get; init; }

    public static CommandNames Of(WorkflowBindings bindings, IEnumerable<Tier> tiers) => Of(bindings.Workflow, tiers) with
    {
        Configured = [.. bindings.Sources.Keys],
        Problems = bindings.Maker is { } maker ? maker.Problems : null,
    };

    private static CommandNames Of(Workflow workflow, IEnumerable<Tier> tiers) => new()
    {
        Inputs = [.. workflow.Operators.OfType<InputOperator>().Select(i => i.Id)],
        Pinnable = workflow.Operators.Where(o => o is not InputOperator).ToImmutableSortedDictionary(o => o.Id, o => o.Pin),
        Variants = workflow.Operators.OfType<InferOperator>().ToImmutableSortedDictionary(o => o.Id, o => o.Variants.Select(v => v.Name).ToImmutableArray()),
        Tiers = [.. tiers],
    };
}
