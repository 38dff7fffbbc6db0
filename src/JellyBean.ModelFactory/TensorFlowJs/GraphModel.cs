using System.Collections.Immutable;

namespace JellyBean.ModelFactory.TensorFlowJs;

/// <summary>A TensorFlow.js graph model in memory: the nodes and the decoded weights.</summary>
internal sealed record GraphModel
{
    /// <summary>The file it was read from, for messages.</summary>
    public required string Origin { get; init; }

    public required ImmutableDictionary<string, GraphNode> Nodes { get; init; }

    public required ImmutableDictionary<string, Weight> Weights { get; init; }
}
