using JellyBean.Workflows.Outputs;

namespace JellyBean.Benchmarks.Figures.Adaptation;

/// <summary>Notes of each result when its element was due and how long after that the result came.</summary>
internal sealed class LatencySink<T> : ISink<T>
    where T : notnull
{
    private readonly Lock _gate = new();
    private readonly List<Timed> _all = [];

    public Delivery Delivery => Delivery.AtLeastOnce;

    /// <summary>All so far.</summary>
    public IReadOnlyList<Timed> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _all];
            }
        }
    }

    public Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<SourcePosition>>([]);

    public Task WriteAsync(SinkBatch<T> batch, CancellationToken cancellationToken)
    {
        var now = DateTimeOffset.UtcNow;
        lock (_gate)
        {
            _all.AddRange(batch.Results.Select(r => new Timed(r.EventTime, now - r.EventTime)));
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A result: when its element was due, and how long after that it came.</summary>
internal readonly record struct Timed(DateTimeOffset Due, TimeSpan Latency);
