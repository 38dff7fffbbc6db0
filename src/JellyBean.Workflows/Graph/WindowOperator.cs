using System.Globalization;
using JellyBean.Workflows.Flows;

namespace JellyBean.Workflows.Graph;

/// <summary>The elements of a key within each span of event time; gives one result for each span that has any, when event time has passed its end.</summary>
public abstract class WindowOperator : Operator
{
    private protected WindowOperator(OperatorId id, Type elementType, OperatorId input)
        : base(id, OperatorKind.Window, elementType, input)
    {
    }

    /// <summary>The spans.</summary>
    public abstract Window Window { get; }

    /// <summary>What becomes of late elements.</summary>
    public abstract LatePolicy Late { get; }

    /// <summary>Whether keys may be spread over several instances.</summary>
    public abstract bool IsPartitionable { get; }

    internal override string Definition =>
        string.Create(CultureInfo.InvariantCulture, $"size={Window.Size} slide={Window.Slide} late={Late} partitionable={IsPartitionable}");

    internal abstract string KeyOf(object value);

    /// <summary>The result for a span, its elements in order of event time, then lineage.</summary>
    internal abstract object Aggregate(string key, WindowSpan span, IReadOnlyList<object> values);
}

internal sealed class WindowOperator<T, TResult>(
    OperatorId id, OperatorId input, KeySelector<T> key, Window window, Func<string, WindowSpan, IReadOnlyList<T>, TResult> result, LatePolicy late)
    : WindowOperator(id, typeof(TResult), input)
    where T : notnull
    where TResult : notnull
{
    public override Window Window => window;

    public override LatePolicy Late => late;

    public override bool IsPartitionable => key.IsPartitionable;

    internal override IEnumerable<Delegate> Functions => [key.Key, result];

    internal override string KeyOf(object value) => key.Key((T)value);

    internal override object Aggregate(string windowKey, WindowSpan span, IReadOnlyList<object> values) => result(windowKey, span, [.. values.Cast<T>()]);
}
