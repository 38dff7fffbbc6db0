using System.Collections.Immutable;
using JellyBean.Workflows;

namespace JellyBean.Optimizer.Heuristics;

/// <summary>The published beam search over variants: from the last operator back, each keeps the cheapest ways to reach the accuracy that is asked of it.</summary>
/// <remarks>
/// JellyBean (VLDB 2023, section 4.2) and its prototype, whose behaviour it keeps: an operator that reaches an accuracy asks its inputs for those of the sample, every better variant of an input
/// counts as enough, and the same assignment may take several places of the beam. Accuracy that is not monotone is not seen: the pair it returns may miss the floor.
/// </remarks>
internal static class VariantBeam
{
    /// <summary>Assignments of variants, cheapest first; empty where the beam runs dry.</summary>
    /// <param name="operators">Every operator that has variants, each after those that take from it.</param>
    /// <param name="least">The accuracy asked of the first.</param>
    /// <param name="width">How many are kept at each operator.</param>
    public static ImmutableArray<ImmutableDictionary<OperatorId, string>> Search(ImmutableArray<OperatorSamples> operators, double least, int width)
    {
        List<State> states = [new(ImmutableDictionary<OperatorId, string>.Empty, ImmutableDictionary<OperatorId, double>.Empty.Add(operators[0].Operator, least), 0)];
        foreach (var op in operators)
        {
            var next = new List<State>();
            foreach (var state in states)
            {
                var asked = state.Asked[op.Operator];
                var enough = op.Variants.Where(v => v.Samples.Max(s => s.Output) >= asked).ToList();
                if (enough.Count == 0)
                {
                    return [];
                }

                next.AddRange(enough.SelectMany(v => Extend(state, op, v, asked)));
            }

            states = [.. next.OrderBy(s => s.Cost).ThenBy(s => s.Asked.OrderBy(a => a.Key).Select(a => a.Value).ToArray(), Comparer<double[]>.Create(InOrder)).Take(width)];
        }

        return [.. states.Select(s => s.Variants)];
    }

    private static IEnumerable<State> Extend(State state, OperatorSamples op, VariantSamples variant, double asked)
    {
        var extended = state with { Variants = state.Variants.Add(op.Operator, variant.Variant), Asked = state.Asked.Remove(op.Operator), Cost = state.Cost + variant.Cost };
        if (op.Inputs.IsEmpty)
        {
            return [extended];
        }

        return variant.Samples.Where(s => s.Output >= asked).OrderBy(s => s.Output).Select(sample => extended with
        {
            Asked = op.Inputs.Zip(sample.Inputs).Aggregate(extended.Asked, (all, i) => all.SetItem(i.First, Math.Max(all.GetValueOrDefault(i.First, double.NegativeInfinity), i.Second))),
        });
    }

    private static int InOrder(double[] a, double[] b) => a.Zip(b).Select(p => p.First.CompareTo(p.Second)).FirstOrDefault(c => c != 0);

    private sealed record State(ImmutableDictionary<OperatorId, string> Variants, ImmutableDictionary<OperatorId, double> Asked, double Cost);
}
