using System.Collections.Immutable;
using JellyBean.Workflows;
using JellyBean.Workflows.Elements;
using JellyBean.Workflows.Graph;

namespace JellyBean.Testing.Interpretation;

/// <summary>What operators give that look at one element at a time: select, where, select-many, infer, expand and regroup, merge.</summary>
internal sealed class ElementwiseEvaluation(Workflow workflow, IReadOnlyDictionary<OperatorId, InferenceKernel> kernels, Tally tally)
{
    // By expand operator: the elements it divided last, which its regroup puts together before it divides others.
    private readonly Dictionary<OperatorId, List<Divided>> _divided = [];

    public List<Element> Of(Operator op, ImmutableArray<IReadOnlyList<Element>> inputs)
    {
        var results = new List<Element>();
        switch (op)
        {
            case StatelessOperator stateless:
                Stateless(stateless, inputs[0], results);
                break;
            case InferOperator infer:
                Infer(infer, inputs[0], results);
                break;
            case ExpandOperator expand:
                Expand(expand, inputs[0], results);
                break;
            case RegroupOperator regroup:
                Regroup(regroup, inputs[0], results);
                break;
            case MergeOperator:
                results.AddRange(inputs.SelectMany((flow, place) => flow.Select(e => e with { Lineage = e.Lineage.Child(place) })));
                break;
            default:
                throw new NotSupportedException($"The interpreter does not know {op}.");
        }

        return results;
    }

    private void Stateless(StatelessOperator op, IReadOnlyList<Element> elements, List<Element> results)
    {
        var values = new List<object>();
        foreach (var element in elements)
        {
            values.Clear();
            if (tally.Try(op.Id, element.Lineage, () => op.Apply(element.Value, values)))
            {
                results.AddRange(op.Kind == OperatorKind.SelectMany
                    ? values.Select((value, i) => element with { Lineage = element.Lineage.Child(i), Value = value })
                    : values.Select(value => element with { Value = value }));
            }
        }
    }

    private void Infer(InferOperator op, IReadOnlyList<Element> elements, List<Element> results)
    {
        var answer = new object[1];
        foreach (var element in elements)
        {
            if (tally.Try(op.Id, element.Lineage, () => kernels[op.Id].Run([element.Value], answer)))
            {
                results.Add(element with { Value = answer[0] });
            }
        }
    }

    private void Expand(ExpandOperator op, IReadOnlyList<Element> elements, List<Element> results)
    {
        var divided = _divided[op.Id] = [];
        foreach (var element in elements)
        {
            var parts = new List<object>();
            object? kept = null;
            if (tally.Try(op.Id, element.Lineage, () => kept = op.Split(element.Value, parts)))
            {
                divided.Add(new Divided(element, kept!, parts.Count));
                results.AddRange(parts.Select((part, i) => element with { Lineage = element.Lineage.Child(i), Value = part }));
            }
        }
    }

    private void Regroup(RegroupOperator op, IReadOnlyList<Element> answers, List<Element> results)
    {
        // The DSL builds expand, infer and regroup in a row.
        var expand = workflow[op.Inputs[0]].Inputs[0];
        var answered = answers.ToDictionary(a => a.Lineage, a => a.Value);
        foreach (var (element, kept, parts) in _divided[expand])
        {
            var found = Enumerable.Range(0, parts).Where(i => answered.ContainsKey(element.Lineage.Child(i))).Select(i => answered[element.Lineage.Child(i)]).ToArray();
            if (found.Length < parts)
            {
                tally.Fail(op.Id, element.Lineage, $"{parts - found.Length} of {parts} parts failed.");
                continue;
            }

            object? combined = null;
            if (tally.Try(op.Id, element.Lineage, () => combined = op.Combine(kept, found)))
            {
                results.Add(element with { Value = combined! });
            }
        }
    }

    private sealed record Divided(Element Element, object Kept, int Parts);
}
