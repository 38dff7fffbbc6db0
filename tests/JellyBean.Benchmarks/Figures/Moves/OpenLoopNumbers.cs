using System.Diagnostics;
using System.Runtime.CompilerServices;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Benchmarks.Figures.Moves;

/// <summary>Counts up, each number when it is due, whatever becomes of those before.</summary>
internal sealed class OpenLoopNumbers(double perSecond, Func<bool> isOver) : ISource<int>
{
    public string Name => "all";

    public bool IsReplayable => true;

    public double? NominalRate => perSecond;

    /// <summary>How many were given.</summary>
    public int Given { get; private set; }

    public async IAsyncEnumerable<SourceItem<int>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
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
            yield return new SourceItem<int>(number, DateTimeOffset.UnixEpoch.AddSeconds(number / perSecond));
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
