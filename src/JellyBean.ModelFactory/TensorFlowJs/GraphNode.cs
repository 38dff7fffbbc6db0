using System.Collections.Immutable;

namespace JellyBean.ModelFactory.TensorFlowJs;

/// <summary>One step of a graph: an operator, what it reads and its settings.</summary>
internal sealed record GraphNode
{
    public required string Name { get; init; }

    public required string Operator { get; init; }

    /// <summary>What it reads, in order; control dependencies are left out, they carry no data.</summary>
    public ImmutableArray<NodeOutput> Inputs { get; init; } = [];

    public NodeAttributes Attributes { get; init; } = NodeAttributes.None;
}
