using System.Runtime.CompilerServices;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Hosting.Configuration;

/// <summary>Gives a source's elements at a rate at most, as a live source would: each when it is due, none before.</summary>
internal sealed class PacedSource<T>(ISource<T> inner, double rate, TimeProvider clock) : ISource<T>
    where T : notnull
{
    public string Name => inner.Name;

    public bool IsReplayable => inner.IsReplayable;

    public double? NominalRate => inner.NominalRate;

    public SourceWork Work => inner.Work;

    public SourceHealth? Health => inner.Health;

    public bool CanReadAgain(long from) => inner.CanReadAgain(from);

    public async IAsyncEnumerable<SourceItem<T>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Counted from the first element: what it takes to open a source would have the next ones come all at once.
        long? start = null;
        var given = 0L;
        await foreach (var item in inner.ReadAsync(from, cancellationToken).ConfigureAwait(false))
        {
            var early = TimeSpan.FromSeconds(given++ / rate) - clock.GetElapsedTime(start ??= clock.GetTimestamp());
            if (early > TimeSpan.Zero)
            {
                await Task.Delay(early, clock, cancellationToken).ConfigureAwait(false);
            }

            yield return item;
        }
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
