using System.Globalization;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Hosting.Configuration;

/// <summary>Finds out how many elements per second a live source gives, by reading it for a while.</summary>
internal static class LiveRate
{
    private const int MostElements = 60;
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Elements per second by the elements' own times.</summary>
    /// <returns>Null where too few came to tell.</returns>
    /// <exception cref="SourceException">None came at all.</exception>
    public static async Task<double?> MeasureAsync<T>(ISource<T> source, TimeProvider clock, CancellationToken cancellationToken)
        where T : notnull
    {
        using var limit = new CancellationTokenSource(Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        List<DateTimeOffset> times = [];
        var health = source.Health;
        try
        {
            await foreach (var item in source.ReadAsync(0, either.Token).ConfigureAwait(false))
            {
                times.Add(item.EventTime);
                if (times.Count == MostElements || times[^1] - times[0] >= Span)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            health = source.Health;
        }

        if (times.Count == 0)
        {
            throw new SourceException(string.Create(CultureInfo.InvariantCulture,
                $"Source '{source.Name}' has given nothing within {Limit.TotalSeconds} s{(health?.Trouble is { } trouble ? $": {trouble}" : "")}. Look after it, or set its rate and a profile to begin without it."));
        }

        // The first come in a heap, where connecting has held them back.
        var from = times.Count / 3;
        var seconds = (times[^1] - times[from]).TotalSeconds;
        return times.Count - from < 2 || seconds <= 0 ? null : (times.Count - 1 - from) / seconds;
    }
}
