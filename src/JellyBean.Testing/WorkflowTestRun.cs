using System.Collections.Immutable;
using JellyBean.Testing.Interpretation;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Testing;

/// <summary>What a workflow gave for the elements that a <see cref="WorkflowTest"/> fed it. Does not change any more.</summary>
public sealed class WorkflowTestRun
{
    private readonly Workflow _workflow;
    private readonly IReadOnlyDictionary<OperatorId, IReadOnlyList<Element>> _results;
    private readonly IReadOnlyDictionary<OperatorId, int> _late;

    internal WorkflowTestRun(
        Workflow workflow, IReadOnlyDictionary<OperatorId, IReadOnlyList<Element>> results, ImmutableArray<SourceCounts> sources, Tally tally)
    {
        _workflow = workflow;
        _results = results;
        _late = tally.Late;
        Failures = [.. tally.Failures];
        Sources = sources;
    }

    /// <summary>The elements that were given up, and why, in no promised order.</summary>
    public ImmutableArray<ElementFailure> Failures { get; }

    /// <summary>What became of each source's elements, ordered by source.</summary>
    public ImmutableArray<SourceCounts> Sources { get; }

    /// <summary>Elements of all sources that were bad, or of which an operator gave up something.</summary>
    public long Failed => Sources.Sum(s => s.Failed);

    /// <summary>Good elements of all sources that were late, whatever became of them.</summary>
    public long Late => Sources.Sum(s => s.Late);

    /// <summary>The values at an output, ordered by source, number and path.</summary>
    /// <exception cref="ArgumentException">The workflow has no such output.</exception>
    public IReadOnlyList<T> Results<T>(Output<T> output)
        where T : notnull
        => [.. At(output).Select(e => (T)e.Value)];

    /// <summary>The results at an output with id and event time, ordered by source, number and path.</summary>
    /// <exception cref="ArgumentException">The workflow has no such output.</exception>
    public IReadOnlyList<Result<T>> ResultsWithIds<T>(Output<T> output)
        where T : notnull
        => [.. At(output).Select(e => new Result<T>(e.Lineage.ToString(), e.EventTime, (T)e.Value))];

    /// <summary>How many elements an operator gave up; at an input, how many bad ones it was offered.</summary>
    /// <exception cref="KeyNotFoundException">The workflow has no such operator.</exception>
    public int FailedAt(OperatorId id)
    {
        _ = _workflow[id];
        return Failures.Count(f => f.Operator == id);
    }

    /// <summary>How many late elements a join or window dropped or admitted; a join counts an element once for each side it comes by.</summary>
    /// <exception cref="KeyNotFoundException">The workflow has no such operator.</exception>
    public int LateAt(OperatorId id)
    {
        _ = _workflow[id];
        return _late.GetValueOrDefault(id);
    }

    private IReadOnlyList<Element> At<T>(Output<T> output)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(output);
        var found = _workflow.Operators.FirstOrDefault(o => o is OutputOperator && o.Id.Value == output.Name);
        return found?.ElementType == typeof(T)
            ? _results[found.Id]
            : throw new ArgumentException(
                $"Workflow '{_workflow.Name}' has no output '{output.Name}' of {typeof(T)}; it has {string.Join(", ", _workflow.Operators.OfType<OutputOperator>().Select(o => $"'{o.Id}' of {o.ElementType}"))}.",
                nameof(output));
    }
}
