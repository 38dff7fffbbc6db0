using JellyBean.Runtime.Commands;

namespace JellyBean.Runtime;

/// <summary>Makes sources that are added while a workflow runs: the seam between control, which only carries their keys, and the program, which knows what they mean.</summary>
public interface ISourceMaker
{
    /// <summary>What is wrong with the keys of a source; empty where nothing is. Opens nothing.</summary>
    IReadOnlyList<string> Problems(SourceAddition source);

    /// <summary>Adds it to what is bound.</summary>
    /// <exception cref="Workflows.Inputs.SourceException">Its keys are wrong.</exception>
    WorkflowBindings Bind(WorkflowBindings bindings, SourceAddition source);
}
