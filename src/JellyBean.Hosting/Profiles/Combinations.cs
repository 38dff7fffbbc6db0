using System.Collections.Immutable;
using JellyBean.Hosting.Configuration;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Hosting.Profiles;

/// <summary>The combinations of variants whose accuracy can be told apart at some outputs.</summary>
internal static class Combinations
{
    /// <summary>Operators that ask a model on the way to one of the outputs, in the workflow's order.</summary>
    public static ImmutableArray<InferOperator> OperatorsBefore(Workflow workflow, IEnumerable<OperatorId> outputs)
    {
        var before = outputs.ToHashSet();
        foreach (var op in workflow.Operators.Reverse().Where(o => before.Contains(o.Id)))
        {
            before.UnionWith(op.Inputs);
        }

        return [.. workflow.Operators.OfType<InferOperator>().Where(o => before.Contains(o.Id))];
    }

    /// <summary>Every combination of the operators' variants.</summary>
    /// <param name="operators">The operators.</param>
    /// <param name="only">Variants to keep, <c>OPERATOR=VARIANT</c> each; all variants of an operator that is not named.</param>
    /// <param name="option">The option that names them, for messages.</param>
    /// <param name="besides">What the option allows besides, as in <c>best or </c>.</param>
    /// <exception cref="BadInputException">Something named does not exist.</exception>
    public static ImmutableArray<ImmutableSortedDictionary<OperatorId, string>> Of(ImmutableArray<InferOperator> operators, IReadOnlyList<string> only, string option = "--only", string besides = "")
    {
        var kept = only.Select(text => Parse(operators, text, option, besides)).ToLookup(k => k.Operator, k => k.Variant);
        ImmutableArray<ImmutableSortedDictionary<OperatorId, string>> all = [ImmutableSortedDictionary<OperatorId, string>.Empty];
        foreach (var op in operators)
        {
            var variants = op.Variants.Select(v => v.Name).Where(v => !kept.Contains(op.Id) || kept[op.Id].Contains(v)).ToList();
            all = [.. from combination in all from variant in variants select combination.Add(op.Id, variant)];
        }

        return all;
    }

    /// <summary>Parts of the combinations, each with so many variants of the first model: what is asked of it is shared within a part.</summary>
    public static IEnumerable<ImmutableArray<ImmutableSortedDictionary<OperatorId, string>>> Passes(
        ImmutableArray<ImmutableSortedDictionary<OperatorId, string>> combinations, Workflow workflow, int atOnce) =>
        combinations.GroupBy(c => workflow.Operators.Where(o => c.ContainsKey(o.Id)).Select(o => c[o.Id]).FirstOrDefault("")).Chunk(atOnce).Select(part => part.SelectMany(g => g).ToImmutableArray());

    /// <summary>As in <c>nanodet-352 + stripes-6</c>.</summary>
    public static string Describe(IEnumerable<KeyValuePair<OperatorId, string>> combination) => string.Join(" + ", combination.Select(c => c.Value));

    private static (OperatorId Operator, string Variant) Parse(ImmutableArray<InferOperator> operators, string text, string option, string besides)
    {
        var parts = text.Split('=', 2);
        List<string> names = [.. operators.Select(o => o.Id.Value)];
        var op = operators.FirstOrDefault(o => o.Id.Value == parts[0])
            ?? throw new BadInputException($"{option} is '{text}'; allowed: {besides}OPERATOR=VARIANT, with OPERATOR one of {string.Join(", ", names)}.{Spelling.DidYouMean(parts[0], names)}");
        List<string> variants = [.. op.Variants.Select(v => v.Name)];
        return parts.Length == 2 && variants.Contains(parts[1])
            ? (op.Id, parts[1])
            : throw new BadInputException($"{option} is '{text}'; allowed variants of '{op.Id}': {string.Join(", ", variants)}.{Spelling.DidYouMean(parts[^1], variants)}");
    }
}
