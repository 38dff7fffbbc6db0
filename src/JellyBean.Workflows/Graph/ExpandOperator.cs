namespace JellyBean.Workflows.Graph;

/// <summary>Divides an element into parts, and keeps of the element only what regrouping needs: the link carries parts and what is kept.</summary>
public abstract class ExpandOperator : Operator
{
    private protected ExpandOperator(OperatorId id, Type elementType, OperatorId input)
        : base(id, OperatorKind.Expand, elementType, input)
    {
    }

    /// <summary>What is kept of an element.</summary>
    public abstract Type KeptType { get; }

    internal override string Definition => $"kept={KeptType}";

    /// <summary>Appends the parts of <paramref name="value"/> and gives what is kept of it.</summary>
    internal abstract object Split(object value, List<object> parts);
}

internal sealed class ExpandOperator<T, TPart, TKept>(OperatorId id, OperatorId input, Func<T, IEnumerable<TPart>> parts, Func<T, TKept> keep)
    : ExpandOperator(id, typeof(TPart), input)
    where T : notnull
    where TPart : notnull
    where TKept : notnull
{
    public override Type KeptType => typeof(TKept);

    internal override IEnumerable<Delegate> Functions => [parts, keep];

    internal override object Split(object value, List<object> into)
    {
        foreach (var part in parts((T)value))
        {
            into.Add(part);
        }

        return keep((T)value);
    }
}
