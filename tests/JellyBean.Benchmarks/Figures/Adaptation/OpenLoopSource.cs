using System.Diagnostics;
using System.Runtime.CompilerServices;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Benchmarks.Figures.Adaptation;

/// <summary>Gives elements when they are due, whatever becomes of those before: a camera. An element's event time is when it was due.</summary>
/// <param name="name">The source's name.</param>
/// <param name="values">Given in turn.</param>
/// <param name="rateAt">Elements per second, by the time since it began; it ends where that is not above zero.</param>
internal sealed class OpenLoopSource<T>(string name, IReadOnlyList<T> values, Func<TimeSpan, double> rateAt) : ISource<T>
    where T : notnull
{
    private readonly List<DateTimeOffset> _due = [];

    /// <summary>When each element was due; once it has ended.</summary>
    public IReadOnlyList<DateTimeOffset> Due => _due;

    public string Name => name;

    public bool IsReplayable => false;

    public double? NominalRate => rateAt(TimeSpan.Zero);

    public async IAsyncEnumerable<SourceItem<T>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (began, start, due) = (Stopwatch.GetTimestamp(), DateTimeOffset.UtcNow, TimeSpan.Zero);
        for (var number = from; rateAt(due) is > 0 and var rate; number++)
        {
            var early = due - Stopwatch.GetElapsedTime(began);
            if (early > TimeSpan.Zero)
            {
                await Task.Delay(early, cancellationToken);
            }

            _due.Add(start + due);
            yield return new SourceItem<T>(values[(int)(number % values.Count)], start + due);
            due += TimeSpan.FromSeconds(1 / rate);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
