using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Snapshots.Copies;

namespace JellyBean.Runtime.Snapshots;

/// <summary>A node's snapshots: in a folder of its own or one that it shares, with a copy of its part on another node where there is one.</summary>
internal sealed class SnapshotStore : ISnapshotStore
{
    private readonly SnapshotFolder _folder;
    private readonly TimeSpan _deadline;
    private readonly TimeProvider _time;
    private readonly WorkerId _self;
    private readonly PartCourier? _courier;

    /// <param name="self">Whose store it is.</param>
    /// <param name="options">Where the folder is, and how long a snapshot may take.</param>
    /// <param name="time">Measures that.</param>
    public SnapshotStore(WorkerId self, SnapshotOptions options, TimeProvider time)
    {
        _self = self;
        _folder = new SnapshotFolder(options.Folder);
        _deadline = options.Deadline;
        _time = time;
    }

    /// <summary>As the other one, with copies on other nodes; keeps theirs.</summary>
    /// <param name="self">Whose store it is.</param>
    /// <param name="options">Where the folder is, and how long a snapshot may take.</param>
    /// <param name="time">Measures that.</param>
    /// <param name="endpoint">How other nodes are reached, and reach this one. Not disposed here.</param>
    /// <param name="fingerprint">Of the workflow that this node has built.</param>
    /// <param name="patience">How long another node may be silent.</param>
    public SnapshotStore(WorkerId self, SnapshotOptions options, TimeProvider time, LinkEndpoint endpoint, string fingerprint, TimeSpan patience)
        : this(self, options, time)
    {
        _courier = new PartCourier(endpoint, fingerprint, patience, time);
        endpoint.Admit(new PartServer(_folder, fingerprint, patience, time));
    }

    /// <inheritdoc />
    public async Task<SnapshotReceipt> WriteAsync(SnapshotPart part, ImmutableSortedDictionary<WorkerId, NodeAddress> others, CancellationToken cancellationToken)
    {
        var (receipt, bytes) = await _folder.WriteAsync(part, cancellationToken).ConfigureAwait(false);
        List<string> refused = [];
        if (_courier is not null)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var deadline = new Deadline(_deadline, _time, patience);
            try
            {
                foreach (var (other, at) in KeepersFor(others))
                {
                    if (await _courier.KeepAsync(at, receipt, bytes, _folder.KeptFrom(part.Snapshot), patience.Token).ConfigureAwait(false) is not { } reason)
                    {
                        return receipt with { Copy = other };
                    }

                    refused.Add($"'{other}': {reason}");
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                refused.Add($"Within {_deadline} nobody did.");
            }
        }

        // Alone, it can do no better.
        return refused.Count == 0
            ? receipt
            : throw new SnapshotException($"Worker '{_self}' has stored its part, but no other node keeps a copy. {string.Join(' ', refused)}");
    }

    /// <inheritdoc />
    public async Task CompleteAsync(SnapshotManifest manifest, CancellationToken cancellationToken)
    {
        // Where nodes share a folder, it is written already.
        if (!_folder.IsComplete(manifest))
        {
            await _folder.CompleteAsync(manifest, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public async Task<ImmutableArray<StatePiece>> ReadAsync(
        long snapshot, ImmutableArray<SnapshotReceipt> parts, ImmutableSortedDictionary<WorkerId, NodeAddress> others, CancellationToken cancellationToken)
    {
        if (parts.IsEmpty)
        {
            parts = _folder.Read(snapshot).Parts;
        }

        foreach (var part in parts.Where(p => !_folder.Has(p)))
        {
            await FetchAsync(part, others, cancellationToken).ConfigureAwait(false);
        }

        return await _folder.ReadAsync(parts, cancellationToken).ConfigureAwait(false);
    }

    private async Task FetchAsync(SnapshotReceipt part, ImmutableSortedDictionary<WorkerId, NodeAddress> others, CancellationToken cancellationToken)
    {
        List<string> refused = [];

        // First those that are known to have it; then whoever may have fetched it in the meantime.
        foreach (var (other, at) in others.Where(o => o.Key != _self).OrderBy(o => o.Key == part.Worker ? 0 : o.Key == part.Copy ? 1 : 2).ThenBy(o => o.Key))
        {
            var reason = _courier is null ? "Nodes of this process have one folder." : await _courier.FetchAsync(at, part, _folder, cancellationToken).ConfigureAwait(false);
            if (reason is null)
            {
                return;
            }

            refused.Add($"'{other}': {reason}");
        }

        throw new SnapshotException(
            $"The part of worker '{part.Worker}' of snapshot {part.Snapshot} is not in this node's folder, and no node that can be reached gives it; '{part.Worker}'{(part.Copy is { } copy ? $" and '{copy}'" : "")} had it. {string.Join(' ', refused)} Bring one of them back, or begin anew.");
    }

    // A ring, so that nobody keeps everybody's copies; other machines before other processes of this one.
    private IEnumerable<(WorkerId Worker, NodeAddress At)> KeepersFor(ImmutableSortedDictionary<WorkerId, NodeAddress> others)
    {
        var here = others.TryGetValue(_self, out var self) ? self.Host : null;
        return others.Where(o => o.Key != _self)
            .OrderBy(o => o.Value.Host == here)
            .ThenBy(o => o.Key.CompareTo(_self) < 0)
            .ThenBy(o => o.Key)
            .Select(o => (o.Key, o.Value));
    }
}
