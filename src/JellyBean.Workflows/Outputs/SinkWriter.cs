namespace JellyBean.Workflows.Outputs;

/// <summary>Who writes to a sink: an output of a version of a workflow.</summary>
/// <param name="Workflow">The workflow's name.</param>
/// <param name="Fingerprint">The version's.</param>
/// <param name="Output">The output.</param>
public sealed record SinkWriter(string Workflow, string Fingerprint, OperatorId Output)
{
    /// <summary>As text that no other writer has: <c>tracking@5f2c…/identities</c>.</summary>
    public override string ToString() => $"{Workflow}@{Fingerprint}/{Output}";
}
