namespace JellyBean.Workflows.Graph;

/// <summary>Gives 0 to N elements for each, and remembers nothing.</summary>
public abstract class StatelessOperator : Operator
{
    private protected StatelessOperator(OperatorId id, OperatorKind kind, Type elementType, OperatorId input)
        : base(id, kind, elementType, input)
    {
    }

    /// <summary>Appends what becomes of <paramref name="value"/>. Where the kind is <see cref="OperatorKind.SelectMany"/>, the results are its children.</summary>
    internal abstract void Apply(object value, List<object> results);
}

internal sealed class SelectOperator<T, TResult>(OperatorId id, OperatorId input, Func<T, TResult> select)
    : StatelessOperator(id, OperatorKind.Select, typeof(TResult), input)
    where T : notnull
    where TResult : notnull
{
    internal override IEnumerable<Delegate> Functions => [select];

    internal override void Apply(object value, List<object> results) => results.Add(select((T)value));
}

internal sealed class WhereOperator<T>(OperatorId id, OperatorId input, Func<T, bool> condition)
    : StatelessOperator(id, OperatorKind.Where, typeof(T), input)
    where T : notnull
{
    internal override IEnumerable<Delegate> Functions => [condition];

    internal override void Apply(object value, List<object> results)
    {
        if (condition((T)value))
        {
            results.Add(value);
        }
    }
}

internal sealed class SelectManyOperator<T, TResult>(OperatorId id, OperatorId input, Func<T, IEnumerable<TResult>> select)
    : StatelessOperator(id, OperatorKind.SelectMany, typeof(TResult), input)
    where T : notnull
    where TResult : notnull
{
    internal override IEnumerable<Delegate> Functions => [select];

    internal override void Apply(object value, List<object> results)
    {
        foreach (var result in select((T)value))
        {
            results.Add(result);
        }
    }
}
