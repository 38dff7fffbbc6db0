using System.Diagnostics;
using System.Runtime.CompilerServices;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Benchmarks.Figures.Moves;

/// <summary>Makes elements by their number, each when it is due, whatever becomes of those before; the same again for the reference interpreter, as many as were given.</summary>
/// <param name="perSecond">How many are due.</param>
/// <param name="make">Makes one.</param>
/// <param name="isOver">Whether no more are to come.</param>
internal sealed class RepeatedSource<T>(double perSecond, Func<int, T> make, Func<bool> isOver) : ISource<T>
    where T : notnull
{
    public string Name => "all";

    public bool IsReplayable => true;

    public double? NominalRate => perSecond;

    /// <summary>How many were given.</summary>
    public int Given { get; private set; }

    public async IAsyncEnumerable<SourceItem<T>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        for (var number = (int)from; !isOver(); number++)
        {
            var early = TimeSpan.FromSeconds((number - from) / perSecond) - Stopwatch.GetElapsedTime(began);
            if (early > TimeSpan.Zero)
            {
                await Task.Delay(early, cancellationToken);
            }

            Given = number + 1;
            yield return Item(number);
        }
    }

    /// <summary>The same, at once.</summary>
    public ISource<T> Again() => new Quick(this, Given);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private SourceItem<T> Item(int number) => new(make(number), DateTimeOffset.UnixEpoch.AddSeconds(number / perSecond));

    private sealed class Quick(RepeatedSource<T> source, int count) : ISource<T>
    {
        public string Name => source.Name;

        public bool IsReplayable => true;

        public double? NominalRate => source.NominalRate;

        public async IAsyncEnumerable<SourceItem<T>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (var number = (int)from; number < count; number++)
            {
                yield return source.Item(number);
            }

            await Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
