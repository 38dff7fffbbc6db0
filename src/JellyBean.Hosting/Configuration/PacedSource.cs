using System.Runtime.CompilerServices;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Hosting.Configuration;

/// <summary>Gives a source's elements at a rate at most, as a live source would: each when it is due, none before.</summary>
internal sealed class PacedSource<T>(ISource<T> inner, double rate, TimeProvider clock) : ISource<T>
    where T : notnull
{
    private const long NotBegun = long.MinValue;

    private long _started = NotBegun;
    private long _given;

    public string Name => inner.Name;

    public bool IsReplayable => inner.IsReplayable;

    public double? NominalRate => inner.NominalRate;

    public SourceWork Work => inner.Work;

    public SourceHealth? Health => inner.Health;

    public SourcePace? Pace
    {
        get
        {
            var (started, given) = (Volatile.Read(ref _started), Volatile.Read(ref _given));
            var behind = started == NotBegun ? TimeSpan.Zero : clock.GetElapsedTime(started) - Due(given);
            return new SourcePace(rate, behind > TimeSpan.Zero ? behind : TimeSpan.Zero);
        }
    }

    public bool CanReadAgain(long from) => inner.CanReadAgain(from);

    public Task CheckAsync(CancellationToken cancellationToken) => inner.CheckAsync(cancellationToken);

    public async IAsyncEnumerable<SourceItem<T>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Counted from the first element: what it takes to open a source would have the next ones come all at once.
        Volatile.Write(ref _started, NotBegun);
        Volatile.Write(ref _given, 0);
        await foreach (var item in inner.ReadAsync(from, cancellationToken).ConfigureAwait(false))
        {
            if (_started == NotBegun)
            {
                Volatile.Write(ref _started, clock.GetTimestamp());
            }

            var early = Due(_given) - clock.GetElapsedTime(_started);
            if (early > TimeSpan.Zero)
            {
                await Task.Delay(early, clock, cancellationToken).ConfigureAwait(false);
            }

            Volatile.Write(ref _given, _given + 1);
            yield return item;
        }
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private TimeSpan Due(long number) => TimeSpan.FromSeconds(number / rate);
}
