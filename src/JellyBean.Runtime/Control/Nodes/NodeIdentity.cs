namespace JellyBean.Runtime.Control.Nodes;

/// <summary>What a node says of itself.</summary>
/// <param name="Node">What it is.</param>
/// <param name="Fingerprint">Of the workflow that it has built.</param>
/// <param name="Instance">Unlike that of any other node, and the same as long as it lives.</param>
internal sealed record NodeIdentity(NodeDescription Node, string Fingerprint, string Instance)
{
    /// <summary>The workflow's name.</summary>
    public string Workflow { get; init; } = "";

    /// <summary>Whether it joins a cluster whose coordinator has built something else.</summary>
    public bool IsBeside { get; init; }
}
