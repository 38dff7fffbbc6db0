using System.Runtime.CompilerServices;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Runtime.Tests.Engine;

/// <summary>A source that gives what it was made with.</summary>
internal sealed class ListSource<T>(string name, IReadOnlyList<SourceItem<T>> items, bool isReplayable = true) : ISource<T>
    where T : notnull
{
    public string Name => name;

    public bool IsReplayable => isReplayable;

    public double? NominalRate => null;

    public async IAsyncEnumerable<SourceItem<T>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var i = (int)from; i < items.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
            yield return items[i];
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
