using JellyBean.Workflows.Outputs;

namespace JellyBean.Benchmarks.Figures;

/// <summary>A sink that only counts.</summary>
internal sealed class CountingSink<T> : ISink<T>
    where T : notnull
{
    private long _count;

    public Delivery Delivery => Delivery.AtLeastOnce;

    public long Count => Volatile.Read(ref _count);

    public Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<SourcePosition>>([]);

    public Task WriteAsync(SinkBatch<T> batch, CancellationToken cancellationToken)
    {
        Interlocked.Add(ref _count, batch.Results.Count);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
