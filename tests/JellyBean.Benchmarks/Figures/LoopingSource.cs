using System.Runtime.CompilerServices;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Benchmarks.Figures;

/// <summary>Reads a source again and again until the run is drained; event time goes on.</summary>
internal sealed class LoopingSource<T>(Func<ISource<T>> open) : ISource<T>
    where T : notnull
{
    private readonly ISource<T> _first = open();

    public string Name => _first.Name;

    public bool IsReplayable => true;

    public double? NominalRate => _first.NominalRate;

    public async IAsyncEnumerable<SourceItem<T>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var shift = TimeSpan.Zero;
        while (true)
        {
            var (begin, end) = (DateTimeOffset.MaxValue, DateTimeOffset.MinValue);
            await using var source = open();
            await foreach (var item in source.ReadAsync(0, cancellationToken))
            {
                begin = item.EventTime < begin ? item.EventTime : begin;
                end = item.EventTime > end ? item.EventTime : end;
                var at = item.EventTime + shift;
                yield return item.Fault is { } fault ? SourceItem<T>.Bad(fault, at) : new SourceItem<T>(item.Value!, at);
            }

            shift += end - begin + TimeSpan.FromMilliseconds(100);
        }
    }

    public ValueTask DisposeAsync() => _first.DisposeAsync();
}
