using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Workflows.Flows;

/// <summary>A typed connection between operators. Using a flow twice sends its elements both ways.</summary>
/// <typeparam name="T">What an element carries.</typeparam>
public sealed class Flow<T>
    where T : notnull
{
    private readonly WorkflowBuilder _builder;

    internal Flow(WorkflowBuilder builder, OperatorId operatorId)
    {
        _builder = builder;
        OperatorId = operatorId;
    }

    /// <summary>The operator whose elements these are.</summary>
    public OperatorId OperatorId { get; }

    /// <summary>One element for each.</summary>
    /// <param name="select">Pure: the same element gives the same result.</param>
    /// <param name="name">The operator's stable name; <c>{input}/select</c> unless given.</param>
    public Flow<TResult> Select<TResult>(Func<T, TResult> select, string? name = null)
        where TResult : notnull
        => _builder.Add<TResult>(new SelectOperator<T, TResult>(Named(name, "select"), OperatorId, NotNull(select)));

    /// <summary>Only the elements that meet a condition.</summary>
    /// <param name="condition">Pure.</param>
    /// <param name="name">The operator's stable name; <c>{input}/where</c> unless given.</param>
    public Flow<T> Where(Func<T, bool> condition, string? name = null)
        => _builder.Add<T>(new WhereOperator<T>(Named(name, "where"), OperatorId, NotNull(condition)));

    /// <summary>0 to N elements for each.</summary>
    /// <param name="select">Pure, in a fixed order.</param>
    /// <param name="name">The operator's stable name; <c>{input}/select-many</c> unless given.</param>
    public Flow<TResult> SelectMany<TResult>(Func<T, IEnumerable<TResult>> select, string? name = null)
        where TResult : notnull
        => _builder.Add<TResult>(new SelectManyOperator<T, TResult>(Named(name, "select-many"), OperatorId, NotNull(select)));

    /// <summary>Divides the flow in two by a condition.</summary>
    /// <param name="name">The stable name of the first; the second is <c>{name}-else</c>.</param>
    /// <param name="condition">Pure.</param>
    public (Flow<T> Matching, Flow<T> Others) Branch(string name, Func<T, bool> condition)
    {
        NotNull(condition);
        return (Where(condition, name), Where(value => !condition(value), $"{name}-else"));
    }

    /// <summary>The elements of this flow and others.</summary>
    /// <param name="name">The operator's stable name.</param>
    /// <param name="others">At least one.</param>
    public Flow<T> Merge(string name, params ReadOnlySpan<Flow<T>> others)
    {
        if (others.IsEmpty)
        {
            _builder.Mistake($"Merge '{name}' has only one flow. Give it at least two.");
        }

        var inputs = new List<OperatorId> { OperatorId };
        foreach (var other in others)
        {
            CheckSameWorkflow(name, other);
            inputs.Add(other.OperatorId);
        }

        return _builder.Add<T>(new MergeOperator(new OperatorId(name), typeof(T), [.. inputs]));
    }

    /// <summary>Asks a model about each element.</summary>
    /// <param name="model">Takes the flow's elements.</param>
    /// <param name="result">Puts element and answer together.</param>
    /// <param name="name">The operator's stable name; the model's name unless given.</param>
    public Flow<TResult> Infer<TAnswer, TResult>(Model<T, TAnswer> model, Func<T, TAnswer, TResult> result, string? name = null)
        where TAnswer : notnull
        where TResult : notnull
        => Infer(model, select: value => value, result, name);

    /// <inheritdoc cref="Infer{TAnswer, TResult}(Model{T, TAnswer}, Func{T, TAnswer, TResult}, string?)" />
    /// <param name="model">The model.</param>
    /// <param name="select">What of the element the model takes.</param>
    /// <param name="result">Puts element and answer together.</param>
    /// <param name="name">The operator's stable name; the model's name unless given.</param>
    public Flow<TResult> Infer<TIn, TAnswer, TResult>(Model<TIn, TAnswer> model, Func<T, TIn> select, Func<T, TAnswer, TResult> result, string? name = null)
        where TIn : notnull
        where TAnswer : notnull
        where TResult : notnull
    {
        ArgumentNullException.ThrowIfNull(model);
        _builder.CheckModel(model);
        return _builder.Add<TResult>(
            new InferOperator<T, TIn, TAnswer, TResult>(new OperatorId(name ?? model.Name), OperatorId, model, NotNull(select), NotNull(result)));
    }

    /// <summary>Asks a model about each of an element's 0 to N parts, and puts the answers together again.</summary>
    /// <remarks>
    /// Dividing (<c>{name}/parts</c>), asking (<c>{name}</c>) and regrouping (<c>{name}/regroup</c>) are operators of their own that can be
    /// placed apart: whatever lies between carries only the parts and what is kept. If a part fails, its element fails.
    /// </remarks>
    /// <param name="model">Takes a part.</param>
    /// <param name="parts">Pure, in a fixed order.</param>
    /// <param name="keep">What of the element is needed with the answers; the rest is left behind.</param>
    /// <param name="result">Puts what was kept and the answers, in the order of the parts, together.</param>
    /// <param name="name">The operators' stable name; the model's name unless given.</param>
    public Flow<TResult> InferMany<TPart, TAnswer, TKept, TResult>(
        Model<TPart, TAnswer> model, Func<T, IEnumerable<TPart>> parts, Func<T, TKept> keep, Func<TKept, IReadOnlyList<TAnswer>, TResult> result, string? name = null)
        where TPart : notnull
        where TAnswer : notnull
        where TKept : notnull
        where TResult : notnull
    {
        ArgumentNullException.ThrowIfNull(model);
        var id = name ?? model.Name;
        return _builder
            .Add<TPart>(new ExpandOperator<T, TPart, TKept>(new OperatorId($"{id}/parts"), OperatorId, NotNull(parts), NotNull(keep)))
            .Infer(model, static (_, answer) => answer, id)
            .Regroup(new OperatorId($"{id}/regroup"), NotNull(result));
    }

    /// <summary>Gives each element a key. What follows keeps one state per key; different keys may live on different instances.</summary>
    /// <param name="key">Pure.</param>
    public KeyedFlow<T> KeyBy(Func<T, string> key) => new(_builder, OperatorId, new KeySelector<T>(NotNull(key), IsPartitionable: true));

    /// <summary>Puts all elements under one key: what follows cannot be spread over several instances.</summary>
    public KeyedFlow<T> Unpartitioned() => new(_builder, OperatorId, new KeySelector<T>(static _ => "", IsPartitionable: false));

    /// <summary>Pins the operator whose elements these are to a tier.</summary>
    /// <returns>This flow.</returns>
    public Flow<T> On(Tier tier)
    {
        _builder.Pin(OperatorId, tier);
        return this;
    }

    /// <summary>Watches how well a model does where nobody knows the truth, by a number that each of its answers gives: a mean confidence, how far two answers agree.</summary>
    /// <remarks>
    /// Its mean and spread are kept for each variant over the last hundred answers or so, and shown by <c>status</c>. Once the mean is further from the reference than allowed, that is told, as a warning and in the history.
    /// Results do not change. Call it right behind <see cref="Infer{TAnswer, TResult}(Model{T, TAnswer}, Func{T, TAnswer, TResult}, string?)"/>, once.
    /// </remarks>
    /// <param name="name">What it is called where it is shown, as <c>mean-score</c>.</param>
    /// <param name="value">Of an element; quick, for the model waits. NaN where an element tells nothing; one that throws counts as NaN.</param>
    /// <param name="mostDrift">How far the mean may be from the reference, above 0.</param>
    /// <param name="reference">What the mean should be; what the first hundred answers of a variant give unless given.</param>
    /// <returns>This flow.</returns>
    public Flow<T> Watch(string name, Func<T, double> value, double mostDrift, double? reference = null)
    {
        var function = NotNull(value);
        _builder.Watch(OperatorId, new Watch(name, function, result => function((T)result), mostDrift, reference));
        return this;
    }

    /// <summary>Ends the flow at an output.</summary>
    /// <param name="output">Where the results go.</param>
    /// <param name="objectives">What must hold for them; nothing unless given.</param>
    public void To(Output<T> output, Objectives? objectives = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        _builder.AddOutput(output, OperatorId, objectives ?? Objectives.None);
    }

    internal Flow<TResult> Regroup<TKept, TResult>(OperatorId id, Func<TKept, IReadOnlyList<T>, TResult> result)
        where TKept : notnull
        where TResult : notnull
        => _builder.Add<TResult>(new RegroupOperator<TKept, T, TResult>(id, OperatorId, result));

    internal void CheckSameWorkflow<TOther>(string name, Flow<TOther> other)
        where TOther : notnull
    {
        ArgumentNullException.ThrowIfNull(other);
        if (!ReferenceEquals(other._builder, _builder))
        {
            _builder.Mistake($"'{name}' takes the flow of '{other.OperatorId}' from another workflow. Use flows of this workflow only.");
        }
    }

    private static TFunction NotNull<TFunction>(TFunction function)
        where TFunction : Delegate
    {
        ArgumentNullException.ThrowIfNull(function);
        return function;
    }

    private OperatorId Named(string? name, string verb) => new(name ?? $"{OperatorId}/{verb}");
}
