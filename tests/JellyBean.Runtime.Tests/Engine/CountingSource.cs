using System.Runtime.CompilerServices;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Runtime.Tests.Engine;

/// <summary>A file without an end: numbers from wherever it is asked to, so many a second by its own times, as fast as they are taken.</summary>
internal sealed class CountingSource(string name, int perSecond = 1000) : ISource<int>
{
    public string Name => name;

    public bool IsReplayable => true;

    public double? NominalRate => null;

    public async IAsyncEnumerable<SourceItem<int>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var n = from; ; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
            yield return new SourceItem<int>((int)n, DateTimeOffset.UnixEpoch.AddMilliseconds(1000 / perSecond * n));
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
