using System.Collections.Immutable;
using JellyBean.Runtime.Codecs;

namespace JellyBean.Runtime.Snapshots;

/// <summary>Collects the states of a fragment's stages, one snapshot at a time. Thread-safe.</summary>
/// <remarks>A newer snapshot ends one that is not whole yet: its task is cancelled.</remarks>
internal sealed class FragmentSnapshots
{
    private readonly Lock _gate = new();
    private readonly ILookup<string, StatePiece> _restored;
    private readonly HashSet<StateSlot> _at = [];
    private readonly Dictionary<StateSlot, Func<long, Task<StatePiece>>?> _left = [];
    private readonly List<Action<long>> _sources = [];
    private Taking? _taking;
    private long _asked;
    private bool _isAbandoned;

    /// <param name="epoch">The plan in force.</param>
    /// <param name="codecs">Read and write values.</param>
    /// <param name="restored">The states to begin with, those of other fragments too; empty to begin anew.</param>
    public FragmentSnapshots(long epoch, ElementCodecs codecs, ImmutableArray<StatePiece> restored)
    {
        Epoch = epoch;
        Codecs = codecs;
        _restored = restored.ToLookup(p => p.Owner, StringComparer.Ordinal);
    }

    public long Epoch { get; }

    public ElementCodecs Codecs { get; }

    /// <summary>Adds a stage that has state. All are added before elements flow.</summary>
    public StateSlot Add(string owner, int instance = 0, int instances = 1)
    {
        var slot = new StateSlot(this, owner, instance, instances);
        lock (_gate)
        {
            _at.Add(slot);
        }

        return slot;
    }

    public ImmutableArray<StatePiece> Restored(string owner) => [.. _restored[owner]];

    /// <summary>Has a source put barriers into its stream from now on.</summary>
    public void AddSource(Action<long> putBarrier)
    {
        long asked;
        lock (_gate)
        {
            _sources.Add(putBarrier);
            asked = _asked;
        }

        if (asked > 0)
        {
            putBarrier(asked);
        }
    }

    /// <summary>Has the sources put in a barrier, and waits until every stage has given its state.</summary>
    /// <returns>The states; cancelled if a newer snapshot came first or the fragment ended before its time.</returns>
    /// <exception cref="SnapshotException">A state could not be stored.</exception>
    public Task<ImmutableArray<StatePiece>> TakeAsync(long snapshot)
    {
        Task<ImmutableArray<StatePiece>> whole;
        Action<long>[] sources = [];
        lock (_gate)
        {
            whole = Begin(snapshot) is { } taking ? taking.Whole : Task.FromCanceled<ImmutableArray<StatePiece>>(new CancellationToken(canceled: true));
            if (snapshot > _asked)
            {
                _asked = snapshot;
                sources = [.. _sources];
            }
        }

        foreach (var putBarrier in sources)
        {
            putBarrier(snapshot);
        }

        return whole;
    }

    public void Give(StateSlot slot, long snapshot, StatePiece piece)
    {
        lock (_gate)
        {
            // By a link, a barrier may come before anyone here was asked.
            Begin(snapshot)?.Give(slot, piece);
        }
    }

    public void Fail(long snapshot, SnapshotException cause)
    {
        lock (_gate)
        {
            Begin(snapshot)?.Fail(cause);
        }
    }

    public void Leave(StateSlot slot, Func<long, Task<StatePiece>>? last)
    {
        lock (_gate)
        {
            if (_at.Remove(slot))
            {
                _left.Add(slot, last);
                _taking?.Leave(slot, last);
            }
        }
    }

    /// <summary>The fragment ends before its time: what was not given by now will not be.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _isAbandoned = true;
            _taking?.Cancel();
        }
    }

    private Taking? Begin(long snapshot)
    {
        if (_isAbandoned)
        {
            return null;
        }

        if (_taking is { } current && current.Snapshot >= snapshot)
        {
            return current.Snapshot == snapshot ? current : null;
        }

        _taking?.Cancel();
        return _taking = new Taking(snapshot, _at, _left);
    }

    private sealed class Taking
    {
        private readonly TaskCompletionSource<ImmutableArray<StatePiece>> _whole = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly HashSet<StateSlot> _missing;
        private readonly List<Task<StatePiece>> _pieces = [];

        public Taking(long snapshot, IEnumerable<StateSlot> at, IEnumerable<KeyValuePair<StateSlot, Func<long, Task<StatePiece>>?>> left)
        {
            Snapshot = snapshot;
            _missing = [.. at];
            foreach (var (_, last) in left)
            {
                Add(last);
            }

            CompleteIfWhole();
        }

        public long Snapshot { get; }

        public Task<ImmutableArray<StatePiece>> Whole => _whole.Task;

        public void Give(StateSlot slot, StatePiece piece)
        {
            if (_missing.Remove(slot))
            {
                _pieces.Add(Task.FromResult(piece));
                CompleteIfWhole();
            }
        }

        public void Leave(StateSlot slot, Func<long, Task<StatePiece>>? last)
        {
            if (_missing.Remove(slot))
            {
                Add(last);
                CompleteIfWhole();
            }
        }

        public void Fail(SnapshotException cause) => _whole.TrySetException(cause);

        public void Cancel() => _whole.TrySetCanceled();

        private void Add(Func<long, Task<StatePiece>>? last)
        {
            if (last is not null)
            {
                _pieces.Add(Task.Run(() => last(Snapshot)));
            }
        }

        private void CompleteIfWhole()
        {
            if (_missing.Count == 0)
            {
                _ = CompleteAsync();
            }
        }

        private async Task CompleteAsync()
        {
            try
            {
                var pieces = await Task.WhenAll(_pieces).ConfigureAwait(false);
                _whole.TrySetResult([.. pieces.OrderBy(p => p.Owner, StringComparer.Ordinal)]);
            }
            catch (Exception cause)
            {
                _whole.TrySetException(cause as SnapshotException ?? new SnapshotException($"The last state of a stage could not be stored. {cause.Message}", cause));
            }
        }
    }
}
