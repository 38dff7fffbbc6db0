using System.Collections.Concurrent;
using JellyBean.Workflows.Outputs;

namespace PedestrianTracking.Tests;

/// <summary>Keeps what a run gives, in the order in which it comes.</summary>
internal sealed class CollectingSink : ISink<PersonSeen>
{
    private readonly ConcurrentQueue<Result<PersonSeen>> _results = new();

    public Delivery Delivery => Delivery.AtLeastOnce;

    /// <summary>The results of a camera, in the order in which they came.</summary>
    public IReadOnlyList<Result<PersonSeen>> Of(string camera) => [.. _results.Where(r => r.Value.Camera == camera)];

    public Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<SourcePosition>>([]);

    public Task WriteAsync(SinkBatch<PersonSeen> batch, CancellationToken cancellationToken)
    {
        foreach (var result in batch.Results)
        {
            _results.Enqueue(result);
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
