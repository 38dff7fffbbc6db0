using System.Collections.Immutable;
using JellyBean.Runtime.Codecs;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Stages;

namespace JellyBean.Runtime.Snapshots;

/// <summary>Collects the states of a fragment's stages, one snapshot at a time, and at last what they hand over at the switch. Thread-safe.</summary>
/// <remarks>A newer snapshot ends one that is not whole yet: its task is cancelled. After the switch there are no snapshots.</remarks>
internal sealed class FragmentSnapshots
{
    private readonly Lock _gate = new();
    private readonly Action _onRestored;
    private Func<StateSlot, Task<ImmutableArray<StatePiece>>> _restored;
    private int _toRestore;
    private readonly HashSet<StateSlot> _at = [];
    private readonly Dictionary<StateSlot, Func<long, Task<StatePiece>>?> _left = [];
    private readonly List<Action<long>> _sources = [];
    private Dictionary<string, Taking>? _handOver;
    private Taking? _taking;
    private long _asked;
    private bool _isAbandoned;

    /// <param name="epoch">The plan in force.</param>
    /// <param name="codecs">Read and write values.</param>
    /// <param name="restored">The states to begin with, those of other fragments too; empty to begin anew.</param>
    public FragmentSnapshots(long epoch, ElementCodecs codecs, ImmutableArray<StatePiece> restored)
        : this(epoch, codecs, slot => Task.FromResult<ImmutableArray<StatePiece>>([.. restored.Where(p => p.Owner == slot.Owner)]), () => { })
    {
    }

    /// <inheritdoc cref="FragmentSnapshots(long, ElementCodecs, ImmutableArray{StatePiece})" />
    /// <param name="epoch">The plan in force.</param>
    /// <param name="codecs">Read and write values.</param>
    /// <param name="restored">Brings the states to begin with from the fragments of the plan before.</param>
    /// <param name="onRestored">Called when every stage has what is its.</param>
    public FragmentSnapshots(long epoch, ElementCodecs codecs, Func<StateSlot, Task<ImmutableArray<StatePiece>>> restored, Action onRestored)
    {
        _onRestored = onRestored;
        Epoch = epoch;
        Codecs = codecs;
        _restored = restored;
    }

    public long Epoch { get; }

    public ElementCodecs Codecs { get; }

    /// <summary>Adds a stage that has state, or by which everything leaves. All are added before elements flow.</summary>
    /// <param name="owner">Whose state it is.</param>
    /// <param name="key">Under which it is handed over; null if nothing can be left in it at a barrier.</param>
    /// <param name="instance">Which of several instances.</param>
    /// <param name="instances">How many there are.</param>
    /// <param name="range">The key groups that are this worker's; all unless given.</param>
    public StateSlot Add(string owner, string? key, int instance = 0, int instances = 1, KeyRange? range = null)
    {
        var slot = new StateSlot(this, owner, key, instance, instances, range ?? KeyRange.All);
        lock (_gate)
        {
            _at.Add(slot);
            _toRestore += key is null ? 0 : 1;
        }

        return slot;
    }

    /// <summary>What a stage begins with. Each asks once; what the last has got is not kept.</summary>
    public async Task<ImmutableArray<StatePiece>> RestoredAsync(StateSlot slot)
    {
        try
        {
            return await _restored(slot).ConfigureAwait(false);
        }
        finally
        {
            if (slot.Key is not null && Interlocked.Decrement(ref _toRestore) == 0)
            {
                _restored = _ => Task.FromResult<ImmutableArray<StatePiece>>([]);
                _onRestored();
            }
        }
    }

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

    /// <summary>Has the sources end with a switch.</summary>
    public void Switch()
    {
        Action<long>[] sources = [];
        lock (_gate)
        {
            Begin(SnapshotBarrier.Switch);
            if (_asked < SnapshotBarrier.Switch)
            {
                _asked = SnapshotBarrier.Switch;
                sources = [.. _sources];
            }
        }

        foreach (var putBarrier in sources)
        {
            putBarrier(SnapshotBarrier.Switch);
        }
    }

    /// <summary>What all stages of an operator, or a source, hold at the switch.</summary>
    /// <returns>Cancelled if the fragment ended before its time; fails if something could not be written.</returns>
    public Task<ImmutableArray<StatePiece>> HandedOverAsync(string key)
    {
        lock (_gate)
        {
            Begin(SnapshotBarrier.Switch);
            if (_handOver is null)
            {
                return Task.FromCanceled<ImmutableArray<StatePiece>>(new CancellationToken(canceled: true));
            }

            return _handOver.TryGetValue(key, out var taking) ? taking.Whole : Task.FromResult<ImmutableArray<StatePiece>>([]);
        }
    }

    public void Give(StateSlot slot, long snapshot, StatePiece piece)
    {
        lock (_gate)
        {
            // By a link, a barrier may come before anyone here was asked.
            Of(slot, snapshot)?.Give(slot, piece);
        }
    }

    public void Pass(StateSlot slot, long snapshot)
    {
        lock (_gate)
        {
            Of(slot, snapshot)?.Leave(slot, null);
        }
    }

    public void Fail(StateSlot slot, long snapshot, SnapshotException cause)
    {
        lock (_gate)
        {
            Of(slot, snapshot)?.Fail(cause);
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
                if (slot.Key is { } key)
                {
                    _handOver?[key].Leave(slot, last);
                }
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
            foreach (var taking in _handOver?.Values ?? Enumerable.Empty<Taking>())
            {
                taking.Cancel();
            }
        }
    }

    private Taking? Of(StateSlot slot, long snapshot)
    {
        var taking = Begin(snapshot);
        return snapshot == SnapshotBarrier.Switch && slot.Key is { } key ? _handOver?[key] : taking;
    }

    private Taking? Begin(long snapshot)
    {
        if (snapshot == SnapshotBarrier.Switch)
        {
            BeginHandOver();
            return null;
        }

        if (_isAbandoned || _handOver is not null)
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

    private void BeginHandOver()
    {
        if (_isAbandoned || _handOver is not null)
        {
            return;
        }

        _taking?.Cancel();
        _taking = null;
        _handOver = _at.Concat(_left.Keys).Select(slot => slot.Key).OfType<string>().Distinct(StringComparer.Ordinal).ToDictionary(
            key => key,
            key => new Taking(SnapshotBarrier.Switch, _at.Where(slot => slot.Key == key), _left.Where(left => left.Key.Key == key)),
            StringComparer.Ordinal);
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
