using JellyBean.Testing.Interpretation;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;

namespace JellyBean.Testing;

/// <summary>Runs a workflow in one thread, without cluster, models or clock: say what the models answer, feed elements, look at the results.</summary>
/// <remarks>It is the reference: whatever plan the engine runs, its results equal these. Not safe for use by several threads at once.</remarks>
/// <param name="workflow">The workflow to run.</param>
public sealed class WorkflowTest(Workflow workflow)
{
    private readonly Workflow _workflow = workflow ?? throw new ArgumentNullException(nameof(workflow));
    private readonly Dictionary<object, Func<InferOperator, InferenceKernel>> _stubs = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<object, (string Name, Device Device)> _variants = new(ReferenceEqualityComparer.Instance);
    private readonly SortedDictionary<SourceId, List<Offer>> _fed = [];
    private readonly SortedDictionary<SourceId, BoundSource> _sources = [];
    private readonly Dictionary<SourceId, InputOperator> _inputs = [];

    /// <summary>Says what a model answers, wherever the workflow asks it.</summary>
    /// <param name="model">One that the workflow asks.</param>
    /// <param name="answer">If it throws, the element fails, is counted, and the rest goes on.</param>
    /// <exception cref="ArgumentException">The workflow does not ask this model.</exception>
    public WorkflowTest Stub<TIn, TOut>(Model<TIn, TOut> model, Func<TIn, TOut> answer)
        where TIn : notnull
        where TOut : notnull
    {
        ArgumentNullException.ThrowIfNull(answer);
        CheckAsked(model);
        _variants.Remove(model);
        _stubs[model] = infer => infer.CreateKernel("stub", 1, new StubbedVariant<TIn, TOut>(answer));
        return this;
    }

    /// <summary>Has a real variant answer, wherever the workflow asks the model; <see cref="RunAsync"/> loads it and disposes it.</summary>
    /// <param name="model">One that the workflow asks.</param>
    /// <param name="variant">The variant's name.</param>
    /// <param name="device">Where to load it; one core of the processor unless given.</param>
    /// <exception cref="ArgumentException">The workflow does not ask this model.</exception>
    public WorkflowTest UseVariant<TIn, TOut>(Model<TIn, TOut> model, string variant, Device? device = null)
        where TIn : notnull
        where TOut : notnull
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(variant);
        CheckAsked(model);
        _stubs.Remove(model);
        _variants[model] = (variant, device ?? Device.OneCore);
        return this;
    }

    /// <summary>Feeds an element. Elements of a source are numbered from 0 in the order they are fed.</summary>
    /// <param name="input">One of the workflow's inputs.</param>
    /// <param name="at">Its event time, counted from the Unix epoch.</param>
    /// <param name="value">What it carries.</param>
    /// <param name="source">The source it comes from.</param>
    /// <exception cref="ArgumentException">The workflow has no such input, or the source was given by <see cref="FeedAll"/>.</exception>
    public WorkflowTest Feed<T>(Input<T> input, TimeSpan at, T value, string source = "default")
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(value);
        return Offer(input, source, new Offer(value, DateTimeOffset.UnixEpoch + at, null));
    }

    /// <summary>Feeds an element that its source could not read: it takes a number, counts as failed, and the rest goes on.</summary>
    /// <param name="input">One of the workflow's inputs.</param>
    /// <param name="at">Its event time, counted from the Unix epoch; it makes no other element late.</param>
    /// <param name="fault">Why it could not be read.</param>
    /// <param name="source">The source it comes from.</param>
    /// <exception cref="ArgumentException">The workflow has no such input, or the source was given by <see cref="FeedAll"/>.</exception>
    public WorkflowTest FeedBad<T>(Input<T> input, TimeSpan at, string fault, string source = "default")
        where T : notnull
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(fault);
        return Offer(input, source, new Offer(null, DateTimeOffset.UnixEpoch + at, fault));
    }

    /// <summary>Feeds all that a real source gives, from its first element to its end. <see cref="RunAsync"/> reads it; the caller disposes it.</summary>
    /// <param name="input">One of the workflow's inputs.</param>
    /// <param name="source">It must end; to run twice it must be replayable.</param>
    /// <exception cref="ArgumentException">The workflow has no such input, or a source of that name is fed already.</exception>
    public WorkflowTest FeedAll<T>(Input<T> input, ISource<T> source)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        var found = InputOf(input);
        var id = SourceId.Of(input.Name, source.Name);
        if (!_inputs.TryAdd(id, found))
        {
            throw new ArgumentException($"Source '{id}' is fed already. Give each source a name of its own.", nameof(source));
        }

        _sources.Add(id, found.Bind(source));
        return this;
    }

    /// <summary>Runs the workflow from its beginning over all that was fed.</summary>
    /// <exception cref="InvalidOperationException">A model has no stub (the message names all of them), or something given needs <see cref="RunAsync"/>.</exception>
    public WorkflowTestRun Run()
    {
        if (_variants.Count > 0 || _sources.Count > 0)
        {
            throw new InvalidOperationException("Real variants and sources are loaded and read asynchronously. Call RunAsync instead of Run.");
        }

        CheckAnswered();
        var interpreter = new Interpreter(_workflow, Infers().ToDictionary(i => i.Id, i => StubOf(i)!(i)));
        FeedTo(interpreter);
        return interpreter.Finish();
    }

    /// <summary>Loads real variants, runs the workflow from its beginning over all that was fed, and reads real sources to their end.</summary>
    /// <exception cref="InvalidOperationException">A model has neither stub nor variant; the message names all of them.</exception>
    /// <exception cref="ModelLoadException">A variant cannot be loaded.</exception>
    /// <exception cref="SourceException">A source cannot be read.</exception>
    public async Task<WorkflowTestRun> RunAsync(CancellationToken cancellationToken = default)
    {
        CheckAnswered();
        var kernels = new Dictionary<OperatorId, InferenceKernel>();
        try
        {
            foreach (var infer in Infers())
            {
                kernels[infer.Id] = VariantOf(infer) is { } chosen
                    ? await infer.LoadAsync(chosen.Name, chosen.Device, cancellationToken).ConfigureAwait(false)
                    : StubOf(infer)!(infer);
            }

            var interpreter = new Interpreter(_workflow, kernels);
            FeedTo(interpreter);
            foreach (var (id, source) in _sources)
            {
                interpreter.AddSource(id, _inputs[id]);
                await foreach (var offer in source.ReadAsync(0, cancellationToken).ConfigureAwait(false))
                {
                    interpreter.Take(id, offer);
                }
            }

            return interpreter.Finish();
        }
        finally
        {
            foreach (var kernel in kernels.Values)
            {
                kernel.Dispose();
            }
        }
    }

    private void FeedTo(Interpreter interpreter)
    {
        foreach (var (id, offers) in _fed)
        {
            interpreter.AddSource(id, _inputs[id]);
            foreach (var offer in offers)
            {
                interpreter.Take(id, offer);
            }
        }
    }

    private WorkflowTest Offer<T>(Input<T> input, string source, Offer offer)
        where T : notnull
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(source);
        var found = InputOf(input);
        var id = SourceId.Of(input.Name, source);
        if (_sources.ContainsKey(id))
        {
            throw new ArgumentException($"Source '{id}' is a real source and gives its own elements. Feed under another name.", nameof(source));
        }

        if (_inputs.TryAdd(id, found))
        {
            _fed.Add(id, []);
        }

        _fed[id].Add(offer);
        return this;
    }

    private InputOperator InputOf<T>(Input<T> input)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(input);
        var inputs = _workflow.Operators.OfType<InputOperator>();
        return inputs.FirstOrDefault(i => i.Id.Value == input.Name && i.ElementType == typeof(T))
            ?? throw new ArgumentException(
                $"Workflow '{_workflow.Name}' has no input '{input.Name}' of {typeof(T)}; it has {string.Join(", ", inputs.Select(i => $"'{i.Id}' of {i.ElementType}"))}.",
                nameof(input));
    }

    private void CheckAsked<TIn, TOut>(Model<TIn, TOut> model)
        where TIn : notnull
        where TOut : notnull
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!Infers().Any(i => i.Asks(model)))
        {
            throw new ArgumentException(
                $"Workflow '{_workflow.Name}' does not ask this model '{model.Name}'; it asks {string.Join(", ", Infers().Select(i => $"'{i.Model}'").Distinct())}.",
                nameof(model));
        }
    }

    private void CheckAnswered()
    {
        var missing = Infers().Where(i => StubOf(i) is null && VariantOf(i) is null).Select(i => $"'{i.Model}'").Distinct().ToList();
        if (missing.Count > 0)
        {
            throw new InvalidOperationException(
                $"Workflow '{_workflow.Name}' asks models that nothing answers for: {string.Join(", ", missing)}. Add Stub(model, input => answer), or UseVariant(model, name), for each.");
        }
    }

    private IEnumerable<InferOperator> Infers() => _workflow.Operators.OfType<InferOperator>();

    private Func<InferOperator, InferenceKernel>? StubOf(InferOperator infer) => _stubs.FirstOrDefault(s => infer.Asks(s.Key)).Value;

    private (string Name, Device Device)? VariantOf(InferOperator infer)
    {
        foreach (var (model, chosen) in _variants)
        {
            if (infer.Asks(model))
            {
                return chosen;
            }
        }

        return null;
    }
}
