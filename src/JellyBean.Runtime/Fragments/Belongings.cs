namespace JellyBean.Runtime.Fragments;

/// <summary>What a fragment has opened and must let go of. What the fragment of the next plan goes on with passes to it, each thing when nobody uses it any more. Thread-safe.</summary>
/// <param name="epoch">The fragment's plan.</param>
internal sealed class Belongings(long epoch)
{
    private readonly Lock _gate = new();
    private readonly HashSet<IAsyncDisposable> _owned = [];
    private readonly HashSet<IAsyncDisposable> _wanted = [];
    private Belongings? _heir;
    private bool _isClosed;

    public long Epoch => epoch;

    /// <summary>The epoch of the plan that is prepared to take this one's place; null if none is.</summary>
    public long? NextEpoch
    {
        get
        {
            lock (_gate)
            {
                return _heir?.Epoch;
            }
        }
    }

    /// <summary>Takes ownership.</summary>
    public void Own(IAsyncDisposable thing)
    {
        lock (_gate)
        {
            _owned.Add(thing);
        }
    }

    /// <summary>It is let go of already.</summary>
    public void Disown(IAsyncDisposable thing)
    {
        lock (_gate)
        {
            _owned.Remove(thing);
        }
    }

    /// <summary>Goes on with something of the fragment before, once that passes it on.</summary>
    public void Want(IAsyncDisposable thing)
    {
        lock (_gate)
        {
            _wanted.Add(thing);
        }
    }

    /// <summary>Who gets what it wants.</summary>
    public void PassTo(Belongings heir)
    {
        lock (_gate)
        {
            _heir = _isClosed ? null : heir;
        }
    }

    /// <summary>It gets nothing: its plan was given up.</summary>
    public void Disinherit(Belongings heir)
    {
        lock (_gate)
        {
            _heir = _heir == heir ? null : _heir;
        }
    }

    /// <summary>Whether the next fragment goes on with it.</summary>
    public bool IsWanted(IAsyncDisposable thing)
    {
        lock (_gate)
        {
            return _heir?.Wants(thing) == true;
        }
    }

    /// <summary>Nobody here uses it any more: it is the next fragment's.</summary>
    /// <returns>Whether that goes on with it; if not, it stays here.</returns>
    public bool PassOn(IAsyncDisposable thing)
    {
        lock (_gate)
        {
            return _heir?.Take(thing) == true && _owned.Remove(thing);
        }
    }

    /// <summary>Nothing is passed on, or taken, from now on.</summary>
    /// <returns>What is left to be let go.</returns>
    public IReadOnlyList<IAsyncDisposable> Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            _heir = null;
            List<IAsyncDisposable> left = [.. _owned];
            _owned.Clear();
            return left;
        }
    }

    private bool Wants(IAsyncDisposable thing)
    {
        lock (_gate)
        {
            return !_isClosed && _wanted.Contains(thing);
        }
    }

    private bool Take(IAsyncDisposable thing)
    {
        lock (_gate)
        {
            return !_isClosed && _wanted.Remove(thing) && _owned.Add(thing);
        }
    }
}
