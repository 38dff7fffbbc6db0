using System.Collections.Concurrent;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Runtime.Tests.Engine;

/// <summary>A sink that keeps what it is given.</summary>
internal sealed class ListSink<T> : ISink<T>
    where T : notnull
{
    private readonly ConcurrentQueue<Result<T>> _results = new();

    public Delivery Delivery => Delivery.AtLeastOnce;

    public IReadOnlyList<Result<T>> Results => [.. _results];

    public Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<SourcePosition>>([]);

    public Task WriteAsync(SinkBatch<T> batch, CancellationToken cancellationToken)
    {
        foreach (var result in batch.Results)
        {
            _results.Enqueue(result);
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
