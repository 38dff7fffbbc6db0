using System.Diagnostics;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Benchmarks.Figures.Moves;

/// <summary>Keeps results and when they came.</summary>
internal sealed class ArrivalSink : ISink<Counted>
{
    private readonly Lock _gate = new();
    private readonly List<Counted> _values = [];
    private readonly List<long> _at = [];

    public Delivery Delivery => Delivery.AtLeastOnce;

    public IReadOnlyList<Counted> Values
    {
        get
        {
            lock (_gate)
            {
                return [.. _values];
            }
        }
    }

    /// <summary>Milliseconds between results that came after each other, of those of which the later came in a span of time.</summary>
    public IReadOnlyList<double> Gaps(long from, long to)
    {
        lock (_gate)
        {
            return
            [
                .. Enumerable.Range(1, Math.Max(0, _at.Count - 1)).Where(i => _at[i] >= from && _at[i] <= to)
                    .Select(i => Stopwatch.GetElapsedTime(_at[i - 1], _at[i]).TotalMilliseconds).DefaultIfEmpty(Stopwatch.GetElapsedTime(from, to).TotalMilliseconds),
            ];
        }
    }

    public Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<SourcePosition>>([]);

    public Task WriteAsync(SinkBatch<Counted> batch, CancellationToken cancellationToken)
    {
        var now = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            foreach (var result in batch.Results)
            {
                _values.Add(result.Value);
                _at.Add(now);
            }
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
