namespace JellyBean.Workflows;

/// <summary>A workflow is not well formed. <see cref="Mistakes"/> holds all that is wrong with it.</summary>
public sealed class WorkflowException : Exception
{
    /// <summary>Reports mistakes.</summary>
    /// <param name="workflow">The workflow's name.</param>
    /// <param name="mistakes">What was found, what was expected, what to do; one each.</param>
    public WorkflowException(string workflow, IReadOnlyList<string> mistakes)
        : base($"Workflow '{workflow}' has {(mistakes.Count == 1 ? "a mistake" : $"{mistakes.Count} mistakes")}:{string.Concat(mistakes.Select(m => $"{Environment.NewLine}- {m}"))}")
        => Mistakes = mistakes;

    /// <summary>All mistakes.</summary>
    public IReadOnlyList<string> Mistakes { get; }
}
