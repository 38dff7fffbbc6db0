using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Hosting.Truths;

/// <summary>A sink whose results are also held against a truth. A batch that is written again counts once.</summary>
internal sealed class MeteredSink<T>(OperatorId output, ISink<T> inner, RunTruth truth) : ITransactionalSink<T>
    where T : notnull
{
    private readonly ITransactionalSink<T>? _transactional = inner as ITransactionalSink<T>;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public Delivery Delivery => inner.Delivery;

    public TimeSpan Patience => inner.Patience;

    public void WrittenBy(SinkWriter writer) => inner.WrittenBy(writer);

    public Task CheckAsync(CancellationToken cancellationToken) => inner.CheckAsync(cancellationToken);

    public Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken) => inner.OpenAsync(epoch, cancellationToken);

    public Task ResumeAsync(long epoch, long? snapshot, CancellationToken cancellationToken) =>
        _transactional?.ResumeAsync(epoch, snapshot, cancellationToken) ?? inner.ResumeAsync(epoch, snapshot, cancellationToken);

    public Task PreCommitAsync(long snapshot, CancellationToken cancellationToken) => _transactional?.PreCommitAsync(snapshot, cancellationToken) ?? Task.CompletedTask;

    public Task CommitAsync(long snapshot, CancellationToken cancellationToken) => _transactional?.CommitAsync(snapshot, cancellationToken) ?? Task.CompletedTask;

    public async Task WriteAsync(SinkBatch<T> batch, CancellationToken cancellationToken)
    {
        await inner.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        foreach (var result in batch.Results.Where(r => _seen.Add(r.Id)))
        {
            truth.Add(output, result.Value);
        }
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
