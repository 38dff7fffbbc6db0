using JellyBean.Workflows.Graph;

namespace JellyBean.Workflows.Flows;

/// <summary>A flow whose elements have a key.</summary>
/// <typeparam name="T">What an element carries.</typeparam>
public sealed class KeyedFlow<T>
    where T : notnull
{
    private readonly WorkflowBuilder _builder;
    private readonly KeySelector<T> _key;

    internal KeyedFlow(WorkflowBuilder builder, OperatorId operatorId, KeySelector<T> key)
    {
        _builder = builder;
        OperatorId = operatorId;
        _key = key;
    }

    /// <summary>The operator whose elements these are.</summary>
    public OperatorId OperatorId { get; }

    /// <summary>Advances a state per key by each element.</summary>
    /// <remarks>Elements of one source come in the source's order. Between sources there is no order: use a key that belongs to one source, or a join or window where time across sources matters.</remarks>
    /// <param name="name">The operator's stable name.</param>
    /// <param name="state">How states are made, stored and read.</param>
    /// <param name="step">Changes the state and gives 0 to N results; it must depend on nothing else.</param>
    public Flow<TResult> Process<TState, TResult>(string name, KeyedState<TState> state, Func<TState, T, IEnumerable<TResult>> step)
        where TState : notnull
        where TResult : notnull
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(step);
        return _builder.Add<TResult>(new ProcessOperator<T, TState, TResult>(new OperatorId(name), OperatorId, _key, state, step));
    }

    /// <summary>Pairs of an element of this flow and one of another, with the same key, that happened at most <paramref name="within"/> apart.</summary>
    /// <param name="name">The operator's stable name.</param>
    /// <param name="other">The other flow; it may be this one.</param>
    /// <param name="within">How far apart in event time, either way.</param>
    /// <param name="match">Which pairs count; pure.</param>
    /// <param name="result">What a pair gives; pure.</param>
    /// <param name="late">What becomes of late elements.</param>
    public Flow<TResult> JoinWithin<TOther, TResult>(
        string name, KeyedFlow<TOther> other, TimeSpan within, Func<T, TOther, bool> match, Func<T, TOther, TResult> result, LatePolicy late = LatePolicy.Drop)
        where TOther : notnull
        where TResult : notnull
    {
        ArgumentNullException.ThrowIfNull(other);
        ArgumentNullException.ThrowIfNull(match);
        ArgumentNullException.ThrowIfNull(result);
        new Flow<T>(_builder, OperatorId).CheckSameWorkflow(name, new Flow<TOther>(other._builder, other.OperatorId));
        if (within < TimeSpan.Zero)
        {
            _builder.Mistake($"Join '{name}' pairs elements within {within}. Use zero or more.");
        }

        return _builder.Add<TResult>(
            new JoinOperator<T, TOther, TResult>(new OperatorId(name), OperatorId, other.OperatorId, _key, other._key, within, match, result, late));
    }

    /// <summary>One result for each key and span of event time that has elements.</summary>
    /// <param name="name">The operator's stable name.</param>
    /// <param name="window">The spans.</param>
    /// <param name="result">Takes key, span and elements in order of event time; pure.</param>
    /// <param name="late">What becomes of late elements.</param>
    public Flow<TResult> Window<TResult>(string name, Window window, Func<string, WindowSpan, IReadOnlyList<T>, TResult> result, LatePolicy late = LatePolicy.Drop)
        where TResult : notnull
    {
        ArgumentNullException.ThrowIfNull(window);
        ArgumentNullException.ThrowIfNull(result);
        if (window.Size <= TimeSpan.Zero || window.Slide <= TimeSpan.Zero || window.Slide > window.Size)
        {
            _builder.Mistake($"Window '{name}' has spans of {window.Size} every {window.Slide}. Use a size above zero and a slide above zero and at most the size.");
        }

        return _builder.Add<TResult>(new WindowOperator<T, TResult>(new OperatorId(name), OperatorId, _key, window, result, late));
    }
}
