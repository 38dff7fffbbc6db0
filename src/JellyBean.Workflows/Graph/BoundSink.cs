using JellyBean.Workflows.Elements;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Workflows.Graph;

/// <summary>A sink of whatever type, as the engine writes it: one call at a time. Owns the sink.</summary>
internal abstract class BoundSink : IAsyncDisposable
{
    public abstract Delivery Delivery { get; }

    public abstract TimeSpan Patience { get; }

    public abstract Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken);

    /// <summary>Opens it to go on from a snapshot; to one that cannot go back, what comes again comes again.</summary>
    public abstract Task ResumeAsync(long epoch, long? snapshot, CancellationToken cancellationToken);

    /// <inheritdoc cref="ITransactionalSink{T}.PreCommitAsync" />
    public abstract Task PreCommitAsync(long snapshot, CancellationToken cancellationToken);

    /// <inheritdoc cref="ITransactionalSink{T}.CommitAsync" />
    public abstract Task CommitAsync(long snapshot, CancellationToken cancellationToken);

    public abstract Task WriteAsync(long epoch, IReadOnlyList<UntypedResult> results, IReadOnlyList<SourcePosition> settled, CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}

/// <summary>A result of whatever type.</summary>
internal readonly record struct UntypedResult(Lineage Lineage, DateTimeOffset EventTime, object Value);

internal sealed class BoundSink<T>(ISink<T> sink) : BoundSink
    where T : notnull
{
    private readonly ITransactionalSink<T>? _transactional = sink as ITransactionalSink<T>;

    // Results come from a stage, commits from whoever knows that a snapshot is complete.
    private readonly SemaphoreSlim _gate = new(1, 1);

    public override Delivery Delivery => sink.Delivery;

    public override TimeSpan Patience => sink.Patience;

    public override Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken) => sink.OpenAsync(epoch, cancellationToken);

    public override Task ResumeAsync(long epoch, long? snapshot, CancellationToken cancellationToken) =>
        _transactional?.ResumeAsync(epoch, snapshot, cancellationToken) ?? sink.ResumeAsync(epoch, snapshot, cancellationToken);

    public override Task WriteAsync(long epoch, IReadOnlyList<UntypedResult> results, IReadOnlyList<SourcePosition> settled, CancellationToken cancellationToken)
    {
        var typed = new Result<T>[results.Count];
        for (var i = 0; i < typed.Length; i++)
        {
            var result = results[i];
            typed[i] = new Result<T>(result.Lineage.ToString(), result.EventTime, (T)result.Value);
        }

        var batch = new SinkBatch<T>(epoch, typed, settled);
        return _transactional is null
            ? sink.WriteAsync(batch, cancellationToken)
            : AloneAsync(sink, batch, static (to, what, stop) => to.WriteAsync(what, stop), cancellationToken);
    }

    public override Task PreCommitAsync(long snapshot, CancellationToken cancellationToken) => _transactional is null
        ? Task.CompletedTask
        : AloneAsync(_transactional, snapshot, static (to, number, stop) => to.PreCommitAsync(number, stop), cancellationToken);

    public override Task CommitAsync(long snapshot, CancellationToken cancellationToken) => _transactional is null
        ? Task.CompletedTask
        : AloneAsync(_transactional, snapshot, static (to, number, stop) => to.CommitAsync(number, stop), cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            await sink.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task AloneAsync<TSink, TArgument>(
        TSink to, TArgument argument, Func<TSink, TArgument, CancellationToken, Task> call, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await call(to, argument, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }
}
