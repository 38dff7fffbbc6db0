namespace JellyBean.Workflows.Outputs;

/// <summary>Takes the results of an output.</summary>
/// <typeparam name="T">What a result carries.</typeparam>
public interface ISink<T> : IAsyncDisposable
    where T : notnull
{
    /// <summary>What the sink promises when a batch is written again after a crash.</summary>
    Delivery Delivery { get; }

    /// <summary>For how long a batch that could not be written is tried again, at intervals that double up to 10 seconds. Sources wait meanwhile, or drop by their policy; tries are counted.</summary>
    /// <value>Zero, five tries, unless a sink says more: one that writes to somebody else's server.</value>
    TimeSpan Patience => TimeSpan.Zero;

    /// <summary>Says who will write, before the sink is opened or resumed.</summary>
    /// <remarks>
    /// Versions of a workflow may write to one place at once, each under epochs, positions and snapshots of its own: who keeps those keeps them by writer, and fences only the same one. Does nothing unless
    /// a sink needs it; one that wraps another passes it on.
    /// </remarks>
    /// <param name="writer">The writer.</param>
    void WrittenBy(SinkWriter writer)
    {
    }

    /// <summary>Checks that the sink can be opened, before anything is planned or deployed. Changes no result that is there; nothing else is called on this instance.</summary>
    /// <remarks>Does nothing unless a sink can tell: then what is wrong shows only when it is opened.</remarks>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SinkException">It cannot be opened; the message says why and what to do.</exception>
    Task CheckAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Opens the sink and fences its writer under older epochs.</summary>
    /// <param name="epoch">The epoch in force.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How far each source was settled when the sink last wrote; empty for a new sink.</returns>
    /// <exception cref="SinkException">It cannot be opened, or an epoch newer than <paramref name="epoch"/> already writes.</exception>
    Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken);

    /// <summary>Opens the sink to go on with a run, after a crash, on another node, or in place of another version: what is there stays.</summary>
    /// <remarks>Opens it as at a run's beginning, unless a sink does more there, as one that begins empty; <see cref="ITransactionalSink{T}" /> has what that of a transactional one does.</remarks>
    /// <param name="epoch">The epoch in force.</param>
    /// <param name="snapshot">The snapshot behind which results come again; null where none do, or not all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SinkException">It cannot be opened, or an epoch newer than <paramref name="epoch"/> already writes.</exception>
    Task ResumeAsync(long epoch, long? snapshot, CancellationToken cancellationToken) => OpenAsync(epoch, cancellationToken);

    /// <summary>Writes a batch. A transactional sink writes all of it, its positions included, or nothing.</summary>
    /// <remarks>Its epoch is that of the sink's opening, or a later one: a plan that takes another's place while elements flow goes on with the sink as it is.</remarks>
    /// <exception cref="SinkException">The batch could not be written; it may be tried again.</exception>
    Task WriteAsync(SinkBatch<T> batch, CancellationToken cancellationToken);
}

/// <summary>What a sink promises when a batch reaches it a second time.</summary>
public enum Delivery
{
    /// <summary>Results may appear twice.</summary>
    AtLeastOnce,

    /// <summary>A result with the same id replaces the earlier one.</summary>
    Idempotent,

    /// <summary>Results and positions are written together or not at all.</summary>
    Transactional,
}
