namespace JellyBean.Workflows.Flows;

/// <summary>How the state of a keyed process is made, stored and read again, so that it can move between nodes and survive them.</summary>
/// <param name="Create">Makes the state of a key that was not seen before.</param>
/// <param name="Snapshot">Writes a state.</param>
/// <param name="Restore">Reads what <paramref name="Snapshot"/> wrote: the state must go on as if nothing had happened.</param>
/// <param name="Version">Of the written form; raise it when that changes.</param>
/// <typeparam name="TState">The state of one key.</typeparam>
public sealed record KeyedState<TState>(Func<TState> Create, Func<TState, byte[]> Snapshot, Func<ReadOnlyMemory<byte>, TState> Restore, int Version)
    where TState : notnull;
