namespace JellyBean.Workflows.Graph;

/// <summary>Puts the answers for an element's parts together again, in the order of the parts. An element of which a part failed fails whole.</summary>
public abstract class RegroupOperator : Operator
{
    private protected RegroupOperator(OperatorId id, Type elementType, OperatorId input)
        : base(id, OperatorKind.Regroup, elementType, input)
    {
    }

    internal abstract object Combine(object kept, ReadOnlySpan<object> answers);
}

internal sealed class RegroupOperator<TKept, TAnswer, TResult>(OperatorId id, OperatorId input, Func<TKept, IReadOnlyList<TAnswer>, TResult> result)
    : RegroupOperator(id, typeof(TResult), input)
    where TKept : notnull
    where TAnswer : notnull
    where TResult : notnull
{
    internal override IEnumerable<Delegate> Functions => [result];

    internal override object Combine(object kept, ReadOnlySpan<object> answers)
    {
        var typed = new TAnswer[answers.Length];
        for (var i = 0; i < typed.Length; i++)
        {
            typed[i] = (TAnswer)answers[i];
        }

        return result((TKept)kept, typed);
    }
}
