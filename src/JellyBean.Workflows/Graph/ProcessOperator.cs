using System.Globalization;
using JellyBean.Workflows.Flows;

namespace JellyBean.Workflows.Graph;

/// <summary>A state for each key, advanced by each element in the order of its source; gives 0 to N results for each.</summary>
public abstract class ProcessOperator : Operator
{
    private protected ProcessOperator(OperatorId id, Type elementType, OperatorId input)
        : base(id, OperatorKind.Process, elementType, input)
    {
    }

    /// <summary>Whether keys may be spread over several instances.</summary>
    public abstract bool IsPartitionable { get; }

    /// <summary>The version of the state's written form.</summary>
    public abstract int StateVersion { get; }

    internal override string Definition => string.Create(CultureInfo.InvariantCulture, $"state-version={StateVersion} partitionable={IsPartitionable}");

    internal abstract string KeyOf(object value);

    internal abstract object CreateState();

    internal abstract void Step(object state, object value, List<object> results);

    internal abstract byte[] Snapshot(object state);

    internal abstract object Restore(ReadOnlyMemory<byte> snapshot);
}

internal sealed class ProcessOperator<T, TState, TResult>(
    OperatorId id, OperatorId input, KeySelector<T> key, KeyedState<TState> state, Func<TState, T, IEnumerable<TResult>> step)
    : ProcessOperator(id, typeof(TResult), input)
    where T : notnull
    where TState : notnull
    where TResult : notnull
{
    public override bool IsPartitionable => key.IsPartitionable;

    public override int StateVersion => state.Version;

    internal override IEnumerable<Delegate> Functions => [key.Key, state.Create, state.Snapshot, state.Restore, step];

    internal override string KeyOf(object value) => key.Key((T)value);

    internal override object CreateState() => state.Create();

    internal override void Step(object current, object value, List<object> results)
    {
        foreach (var result in step((TState)current, (T)value))
        {
            results.Add(result);
        }
    }

    internal override byte[] Snapshot(object current) => state.Snapshot((TState)current);

    internal override object Restore(ReadOnlyMemory<byte> snapshot) => state.Restore(snapshot);
}
