using System.Runtime.CompilerServices;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Runtime.Tests.Snapshots;

/// <summary>A replayable source that gives an element for each permit.</summary>
internal sealed class PacedSource<T>(string name, IReadOnlyList<SourceItem<T>> items, SemaphoreSlim permits) : ISource<T>
    where T : notnull
{
    public string Name => name;

    public bool IsReplayable => true;

    public double? NominalRate => null;

    public async IAsyncEnumerable<SourceItem<T>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var i = (int)from; i < items.Count; i++)
        {
            await permits.WaitAsync(cancellationToken);
            yield return items[i];
        }

        // The end needs a permit, too: some snapshots come before it.
        await permits.WaitAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
