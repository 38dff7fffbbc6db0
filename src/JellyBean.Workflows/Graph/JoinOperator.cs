using System.Globalization;
using JellyBean.Workflows.Flows;

namespace JellyBean.Workflows.Graph;

/// <summary>Pairs of elements of two flows with the same key whose event times are at most <see cref="Within"/> apart.</summary>
/// <remarks>Elements are taken in the order of event time over all sources that are not idle, then of lineage, so that results do not depend on speed.</remarks>
public abstract class JoinOperator : Operator
{
    private protected JoinOperator(OperatorId id, Type elementType, OperatorId left, OperatorId right)
        : base(id, OperatorKind.Join, elementType, left, right)
    {
    }

    /// <summary>How far apart in event time a pair may be, either way.</summary>
    public abstract TimeSpan Within { get; }

    /// <summary>What becomes of late elements.</summary>
    public abstract LatePolicy Late { get; }

    /// <summary>Whether keys may be spread over several instances.</summary>
    public abstract bool IsPartitionable { get; }

    internal override string Definition => string.Create(CultureInfo.InvariantCulture, $"within={Within} late={Late} partitionable={IsPartitionable}");

    /// <summary>The key of a left (false) or right (true) element.</summary>
    internal abstract string KeyOf(bool isRight, object value);

    /// <summary>Whether the pair matches, and what it gives.</summary>
    internal abstract bool TryJoin(object left, object right, out object? result);
}

internal sealed class JoinOperator<TLeft, TRight, TResult>(
    OperatorId id,
    OperatorId left,
    OperatorId right,
    KeySelector<TLeft> leftKey,
    KeySelector<TRight> rightKey,
    TimeSpan within,
    Func<TLeft, TRight, bool> match,
    Func<TLeft, TRight, TResult> result,
    LatePolicy late)
    : JoinOperator(id, typeof(TResult), left, right)
    where TLeft : notnull
    where TRight : notnull
    where TResult : notnull
{
    public override TimeSpan Within => within;

    public override LatePolicy Late => late;

    public override bool IsPartitionable => leftKey.IsPartitionable && rightKey.IsPartitionable;

    internal override IEnumerable<Delegate> Functions => [leftKey.Key, rightKey.Key, match, result];

    internal override string KeyOf(bool isRight, object value) => isRight ? rightKey.Key((TRight)value) : leftKey.Key((TLeft)value);

    internal override bool TryJoin(object leftValue, object rightValue, out object? joined)
    {
        var (a, b) = ((TLeft)leftValue, (TRight)rightValue);
        var matches = match(a, b);
        joined = matches ? result(a, b) : null;
        return matches;
    }
}
