using JellyBean.Workflows.Graph;

namespace JellyBean.Testing.Interpretation;

/// <summary>What a keyed process gives for elements in the order of their lineage.</summary>
internal static class ProcessEvaluation
{
    public static List<Element> Of(ProcessOperator op, IEnumerable<Element> elements, Tally tally)
    {
        var states = new Dictionary<string, object>(StringComparer.Ordinal);
        var results = new List<Element>();
        foreach (var element in elements)
        {
            var values = new List<object>();

            // If the step throws, the state stays as the step left it.
            if (tally.Try(op.Id, element.Lineage, () => Step(op, states, element.Value, values)))
            {
                results.AddRange(values.Select((value, i) => element with { Lineage = element.Lineage.Child(i), Value = value }));
            }
        }

        return results;
    }

    private static void Step(ProcessOperator op, Dictionary<string, object> states, object value, List<object> results)
    {
        var key = op.KeyOf(value);
        if (!states.TryGetValue(key, out var state))
        {
            states[key] = state = op.CreateState();
        }

        op.Step(state, value, results);
    }
}
