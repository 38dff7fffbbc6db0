using System.Diagnostics;
using System.Runtime.CompilerServices;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Benchmarks.Figures;

/// <summary>Gives the same element again and again, as fast as it is taken or at a fixed pace.</summary>
/// <param name="name">The source's name.</param>
/// <param name="value">The element.</param>
/// <param name="count">How often.</param>
/// <param name="pace">Between elements; null for none.</param>
internal sealed class RepeatingSource<T>(string name, T value, int count, TimeSpan? pace = null) : ISource<T>
    where T : notnull
{
    public string Name => name;

    public bool IsReplayable => true;

    public double? NominalRate => null;

    public async IAsyncEnumerable<SourceItem<T>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var timer = pace is { } period ? new PeriodicTimer(period) : null;
        var item = new SourceItem<T>(value, DateTimeOffset.UnixEpoch);
        for (var i = from; i < count; i++)
        {
            if (timer is not null)
            {
                await timer.WaitForNextTickAsync(cancellationToken);
            }

            yield return item;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
