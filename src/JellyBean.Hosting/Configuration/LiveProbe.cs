using System.Globalization;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Hosting.Configuration;

/// <summary>Reads a live source for a while before anything runs, and says that it is waited for where nothing comes.</summary>
/// <param name="clock">What time is told by.</param>
/// <param name="progress">Told of a source that has given nothing for <see cref="Silence"/>.</param>
internal sealed class LiveProbe(TimeProvider clock, IProgress<string> progress)
{
    /// <summary>Connecting takes as long; whoever waits longer wants to know what for.</summary>
    internal static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    private const int MostElements = 60;
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Elements per second by the elements' own times.</summary>
    /// <returns>Null where too few came to tell.</returns>
    /// <exception cref="SourceException">None came at all.</exception>
    public async Task<double?> RateAsync<T>(ISource<T> source, CancellationToken cancellationToken)
        where T : notnull
    {
        var times = await ReadAsync(source, times => times.Count == MostElements || times[^1] - times[0] >= Span, cancellationToken).ConfigureAwait(false);

        // The first come in a heap, where connecting has held them back.
        var from = times.Count / 3;
        var seconds = (times[^1] - times[from]).TotalSeconds;
        return times.Count - from < 2 || seconds <= 0 ? null : (times.Count - 1 - from) / seconds;
    }

    /// <summary>Waits until it gives something.</summary>
    /// <exception cref="SourceException">It does not.</exception>
    public Task AwaitAsync<T>(ISource<T> source, CancellationToken cancellationToken)
        where T : notnull => ReadAsync(source, _ => true, cancellationToken);

    /// <returns>The times of what came: at least one.</returns>
    private async Task<List<DateTimeOffset>> ReadAsync<T>(ISource<T> source, Func<List<DateTimeOffset>, bool> isEnough, CancellationToken cancellationToken)
        where T : notnull
    {
        using var limit = new CancellationTokenSource(Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        List<DateTimeOffset> times = [];
        var health = source.Health;
        try
        {
            // It tells once, and not any more once the first has come.
            await using var silence = clock.CreateTimer(_ => Tell(source), null, Silence, Timeout.InfiniteTimeSpan);
            await foreach (var item in source.ReadAsync(0, either.Token).ConfigureAwait(false))
            {
                silence.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                times.Add(item.EventTime);
                if (isEnough(times))
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            health = source.Health;
        }

        return times.Count > 0 ? times : throw new SourceException(string.Create(
            CultureInfo.InvariantCulture,
            $"Source '{source.Name}' has given nothing within {Limit.TotalSeconds} s{(health?.Trouble is { } trouble ? $": {trouble}" : "")}. Look after it, or set its rate and a profile to begin without it."));
    }

    private void Tell<T>(ISource<T> source)
        where T : notnull => progress.Report(string.Create(
            CultureInfo.InvariantCulture,
            $"waiting for source '{source.Name}', which has given nothing yet: {source.Health?.Trouble ?? "it is being connected to"}. It is tried again for {Limit.TotalSeconds} s in all"));
}
