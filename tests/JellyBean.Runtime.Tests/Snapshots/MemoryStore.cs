using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Snapshots;

namespace JellyBean.Runtime.Tests.Snapshots;

/// <summary>Keeps parts in memory, whose it does not matter.</summary>
internal sealed class MemoryStore : ISnapshotStore
{
    private readonly SortedDictionary<(long Snapshot, string Worker), SnapshotPart> _parts = [];

    public IReadOnlyList<SnapshotPart> Parts(long snapshot)
    {
        lock (_parts)
        {
            return [.. _parts.Values.Where(p => p.Snapshot == snapshot)];
        }
    }

    /// <summary>Keeps what a new epoch begins with, and nothing that an old one had begun behind it.</summary>
    public void ForgetAfter(long snapshot)
    {
        lock (_parts)
        {
            foreach (var key in _parts.Keys.Where(k => k.Snapshot > snapshot).ToList())
            {
                _parts.Remove(key);
            }
        }
    }

    public Task<SnapshotReceipt> WriteAsync(SnapshotPart part, ImmutableSortedDictionary<WorkerId, NodeAddress> others, CancellationToken cancellationToken)
    {
        lock (_parts)
        {
            _parts[(part.Snapshot, part.Worker.Value)] = part;
        }

        return Task.FromResult(new SnapshotReceipt(part.Snapshot, part.Worker, part.Pieces.Sum(p => p.Bytes.Length), 0));
    }

    public Task CompleteAsync(SnapshotManifest manifest, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<ImmutableArray<StatePiece>> ReadAsync(
        long snapshot, ImmutableArray<SnapshotReceipt> parts, ImmutableSortedDictionary<WorkerId, NodeAddress> others, CancellationToken cancellationToken) =>
        Task.FromResult<ImmutableArray<StatePiece>>([.. Parts(snapshot).SelectMany(p => p.Pieces)]);
}
