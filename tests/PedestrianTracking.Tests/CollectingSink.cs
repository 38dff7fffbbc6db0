using System.Collections.Concurrent;
using JellyBean.Workflows.Outputs;

namespace PedestrianTracking.Tests;

/// <summary>Keeps what a run gives, in the order in which it comes.</summary>
internal sealed class CollectingSink<T> : ISink<T>
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
