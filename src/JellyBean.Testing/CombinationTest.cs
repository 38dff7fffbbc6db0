using JellyBean.Testing.Interpretation;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;

namespace JellyBean.Testing;

/// <summary>
/// Runs a workflow over real sources with many combinations of its models' variants at once, each as <see cref="WorkflowTest"/> would. Sources are read once, and
/// a model is asked once for all combinations that agree on its variant and on those before it.
/// </summary>
/// <remarks>
/// It relies on the workflow's functions giving the same for the same. As with <see cref="WorkflowTest"/>, elements are held only from the first operator on that looks at several.
/// </remarks>
public sealed class CombinationTest
{
    private readonly Workflow _workflow;
    private readonly SortedDictionary<SourceId, BoundSource> _sources = [];
    private readonly Dictionary<SourceId, InputOperator> _inputs = [];

    /// <summary>Tests a workflow.</summary>
    public CombinationTest(Workflow workflow)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        _workflow = workflow;
    }

    /// <summary>Feeds all that a real source gives, from its first element to its end. The caller disposes it after the run.</summary>
    /// <param name="input">One of the workflow's inputs.</param>
    /// <param name="source">It must end.</param>
    /// <exception cref="ArgumentException">The workflow has no such input, or a source of that name is fed already.</exception>
    public CombinationTest FeedAll<T>(Input<T> input, ISource<T> source)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(source);
        var found = _workflow.Operators.OfType<InputOperator>().FirstOrDefault(i => i.Id.Value == input.Name && i.ElementType == typeof(T))
            ?? throw new ArgumentException($"Workflow '{_workflow.Name}' has no input '{input.Name}' of {typeof(T)}.", nameof(input));
        var id = SourceId.Of(input.Name, source.Name);
        if (!_inputs.TryAdd(id, found))
        {
            throw new ArgumentException($"Source '{id}' is fed already. Give each source a name of its own.", nameof(source));
        }

        _sources.Add(id, found.Bind(source));
        return this;
    }

    /// <summary>Reads the sources to their end and evaluates every combination.</summary>
    /// <param name="combinations">A variant for each operator that asks a model.</param>
    /// <param name="taken">Told how many elements of sources were taken, after each; null if nobody wants to know.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What each combination gave, in their order.</returns>
    /// <exception cref="ArgumentException">A combination leaves out an operator.</exception>
    /// <exception cref="ModelLoadException">A variant cannot be loaded.</exception>
    /// <exception cref="SourceException">A source cannot be read.</exception>
    public async Task<IReadOnlyList<WorkflowTestRun>> RunAsync(
        IReadOnlyList<IReadOnlyDictionary<OperatorId, string>> combinations, IProgress<long>? taken = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(combinations);
        var infers = _workflow.Operators.OfType<InferOperator>().ToList();
        foreach (var infer in infers.Where(i => combinations.Any(c => !c.ContainsKey(i.Id))))
        {
            throw new ArgumentException($"A combination has no variant for '{infer.Id}'. Give one for each operator that asks a model.", nameof(combinations));
        }

        using var answers = new SharedAnswers(_workflow);
        foreach (var infer in infers)
        {
            foreach (var variant in combinations.Select(c => c[infer.Id]).Distinct())
            {
                await answers.LoadAsync(infer, variant, cancellationToken).ConfigureAwait(false);
            }
        }

        var interpreters = combinations.Select(c => new Interpreter(_workflow, infers.ToDictionary(i => i.Id, i => answers.KernelOf(i, c)))).ToList();
        await FeedAsync(interpreters, answers, taken, cancellationToken).ConfigureAwait(false);

        var runs = new List<WorkflowTestRun>();
        answers.Forget();
        foreach (var interpreter in interpreters)
        {
            cancellationToken.ThrowIfCancellationRequested();
            runs.Add(interpreter.Finish());
        }

        return runs;
    }

    private async Task FeedAsync(List<Interpreter> interpreters, SharedAnswers answers, IProgress<long>? taken, CancellationToken cancellationToken)
    {
        var count = 0L;
        foreach (var (id, source) in _sources)
        {
            interpreters.ForEach(i => i.AddSource(id, _inputs[id]));
            await foreach (var offer in source.ReadAsync(0, cancellationToken).ConfigureAwait(false))
            {
                answers.Forget();
                foreach (var interpreter in interpreters)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    interpreter.Take(id, offer);
                }

                taken?.Report(++count);
            }
        }
    }
}
