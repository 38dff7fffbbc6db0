using System.Collections.Concurrent;

namespace JellyBean.Runtime.Fragments;

/// <summary>Tells when a fragment is done: when each of its ends, sinks and links that leave it, has completed, or the first has failed.</summary>
internal sealed class FragmentCompletion
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentBag<Task> _last = [];
    private int _open;
    private int _running;

    /// <summary>Ends with the last end that completes, or the first that fails.</summary>
    public Task Task => _completion.Task;

    /// <summary>Ends when no stage uses sources, models or sinks any more, however the fragment ended.</summary>
    public Task Stopped => StoppedAsync();

    /// <summary>Adds an end; all are added before the first completes.</summary>
    public void Add()
    {
        Interlocked.Increment(ref _open);
        Use();
    }

    /// <summary>Adds a stage that is no end but uses what the fragment has opened.</summary>
    public void Use() => Interlocked.Increment(ref _running);

    /// <summary>All ends are added; a fragment without any is done.</summary>
    public void Seal()
    {
        if (Volatile.Read(ref _open) == 0)
        {
            _completion.TrySetResult();
            _stopped.TrySetResult();
        }
    }

    /// <summary>An end has completed.</summary>
    public void Complete()
    {
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _completion.TrySetResult();
        }
    }

    /// <summary>An end has failed.</summary>
    public void Fail(Exception cause) => _completion.TrySetException(cause);

    /// <summary>An end, or a stage that uses something, has stopped; <paramref name="last"/> is what it may still be doing.</summary>
    public void Stop(Task last)
    {
        _last.Add(last);
        if (Interlocked.Decrement(ref _running) == 0)
        {
            _stopped.TrySetResult();
        }
    }

    private async Task StoppedAsync()
    {
        await _stopped.Task.ConfigureAwait(false);
        await Task.WhenAll(_last).ConfigureAwait(false);
    }
}
