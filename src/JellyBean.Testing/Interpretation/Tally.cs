using JellyBean.Workflows;
using JellyBean.Workflows.Elements;
using JellyBean.Workflows.Flows;

namespace JellyBean.Testing.Interpretation;

/// <summary>What went wrong or came late during a run.</summary>
internal sealed class Tally
{
    public List<ElementFailure> Failures { get; } = [];

    public Dictionary<OperatorId, int> Late { get; } = [];

    public void Fail(OperatorId id, Lineage element, string cause) =>
        Failures.Add(new ElementFailure(id, element.Source, element.Number, element.ToString(), cause));

    /// <summary>Runs a user's function; if it throws, the element fails.</summary>
    /// <returns>Whether it ran to its end.</returns>
    public bool Try(OperatorId id, Lineage element, Action function)
    {
        try
        {
            function();
            return true;
        }
        catch (Exception e)
        {
            Fail(id, element, $"{e.GetType().Name}: {e.Message}");
            return false;
        }
    }

    /// <summary>The elements that a join or window takes.</summary>
    public IEnumerable<Element> Admit(OperatorId id, LatePolicy policy, IEnumerable<Element> elements)
    {
        foreach (var element in elements)
        {
            if (element.IsLate)
            {
                Late[id] = Late.GetValueOrDefault(id) + 1;
                if (policy == LatePolicy.Drop)
                {
                    continue;
                }
            }

            yield return element;
        }
    }
}
