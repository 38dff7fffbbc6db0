namespace JellyBean.Runtime.Fragments;

/// <summary>Tells when a fragment is done: when each of its ends, sinks and links that leave it, has completed, or the first has failed.</summary>
internal sealed class FragmentCompletion
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open;

    public Task Task => _completion.Task;

    /// <summary>Adds an end; all are added before the first completes.</summary>
    public void Add() => Interlocked.Increment(ref _open);

    /// <summary>All ends are added; a fragment without any is done.</summary>
    public void Seal()
    {
        if (Volatile.Read(ref _open) == 0)
        {
            _completion.TrySetResult();
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
}
