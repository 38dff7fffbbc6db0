using System.Collections.Immutable;
using JellyBean.ModelFactory.TensorFlowJs;

namespace JellyBean.ModelFactory.Conversion;

/// <summary>The nodes that some results need, every node after those it reads.</summary>
internal static class GraphOrder
{
    private enum Visit
    {
        Begun,
        Done,
    }

    /// <exception cref="ModelFormatException">A node reads one that does not exist, or the graph has a cycle.</exception>
    public static ImmutableArray<GraphNode> Of(GraphModel model, IEnumerable<NodeOutput> results)
    {
        var ordered = ImmutableArray.CreateBuilder<GraphNode>();
        var visits = new Dictionary<string, Visit>(StringComparer.Ordinal);
        // A stack of our own: a graph from elsewhere may be deeper than the thread's.
        var open = new Stack<(GraphNode Node, int NextInput)>();
        foreach (NodeOutput result in results)
        {
            Enter(result.Node, $"The recipe keeps '{result}'");
            while (open.TryPop(out (GraphNode Node, int NextInput) at))
            {
                if (at.NextInput == at.Node.Inputs.Length)
                {
                    visits[at.Node.Name] = Visit.Done;
                    ordered.Add(at.Node);
                    continue;
                }

                open.Push((at.Node, at.NextInput + 1));
                Enter(at.Node.Inputs[at.NextInput].Node, $"Node '{at.Node.Name}' reads '{at.Node.Inputs[at.NextInput]}'");
            }
        }

        return ordered.ToImmutable();

        void Enter(string name, string reader)
        {
            if (!model.Nodes.TryGetValue(name, out GraphNode? node))
                throw new ModelFormatException($"{reader}, but '{model.Origin}' has no such node. The file is damaged or is another model; get it again.");
            if (visits.TryGetValue(name, out Visit visit))
            {
                if (visit == Visit.Begun)
                    throw new ModelFormatException($"{reader}, which depends on itself. Graphs with loops cannot be converted.");
                return;
            }

            visits[name] = Visit.Begun;
            open.Push((node, 0));
        }
    }
}
