namespace JellyBean.Runtime.Sources;

/// <summary>Holds a reading up and lets it go on. Thread-safe.</summary>
internal sealed class PauseGate : IDisposable
{
    private readonly Lock _lock = new();
    private CancellationTokenSource _reading = new();
    private TaskCompletionSource? _resumed;

    /// <summary>Cancelled once the reading is to be held up; another one after each pause.</summary>
    public CancellationToken Token
    {
        get
        {
            lock (_lock)
            {
                return _reading.Token;
            }
        }
    }

    /// <returns>Whether this call did it.</returns>
    public bool Pause()
    {
        CancellationTokenSource reading;
        lock (_lock)
        {
            if (_resumed is not null)
            {
                return false;
            }

            _resumed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            reading = _reading;
        }

        reading.Cancel();
        return true;
    }

    /// <returns>Whether this call did it.</returns>
    public bool Resume()
    {
        lock (_lock)
        {
            if (_resumed is not { } resumed)
            {
                return false;
            }

            _resumed = null;
            _reading.Dispose();
            _reading = new CancellationTokenSource();
            resumed.SetResult();
            return true;
        }
    }

    /// <summary>Waits while it is paused.</summary>
    public Task PassAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _resumed is { } resumed ? resumed.Task.WaitAsync(cancellationToken) : Task.CompletedTask;
        }
    }

    public void Dispose() => _reading.Dispose();
}
