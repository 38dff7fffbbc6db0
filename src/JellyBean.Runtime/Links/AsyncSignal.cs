using System.Threading.Tasks.Sources;

namespace JellyBean.Runtime.Links;

/// <summary>Wakes one waiter; remembers that it was set where nobody waits. Setting and waiting do not allocate.</summary>
/// <remarks>The waiter goes on within <see cref="Set"/>: a hop to another thread for each element would cost more than what it does. So never set one within a lock.</remarks>
internal sealed class AsyncSignal : IValueTaskSource
{
    private const int Idle = 0;
    private const int IsSet = 1;
    private const int HasWaiter = 2;

    private ManualResetValueTaskSourceCore<bool> _core;
    private int _state;

    /// <summary>Lets the waiter go, or the next one that comes.</summary>
    public void Set()
    {
        while (true)
        {
            switch (Volatile.Read(ref _state))
            {
                case IsSet:
                    return;
                case Idle when Interlocked.CompareExchange(ref _state, IsSet, Idle) == Idle:
                    return;
                case HasWaiter when Interlocked.CompareExchange(ref _state, Idle, HasWaiter) == HasWaiter:
                    _core.SetResult(true);
                    return;
            }
        }
    }

    /// <summary>Waits until it is set. One waiter at a time.</summary>
    public ValueTask WaitAsync()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, IsSet) == IsSet)
        {
            return ValueTask.CompletedTask;
        }

        _core.Reset();
        if (Interlocked.CompareExchange(ref _state, HasWaiter, Idle) == Idle)
        {
            return new ValueTask(this, _core.Version);
        }

        // It was set meanwhile.
        Volatile.Write(ref _state, Idle);
        return ValueTask.CompletedTask;
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
