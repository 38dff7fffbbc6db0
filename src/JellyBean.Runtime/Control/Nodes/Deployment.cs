using JellyBean.Runtime.Fragments;

namespace JellyBean.Runtime.Control.Nodes;

/// <summary>A fragment from the moment it is asked for until nothing of it is left.</summary>
internal sealed class Deployment : IAsyncDisposable
{
    private readonly CancellationTokenSource _giveUp = new();
    private readonly Lock _gate = new();
    private volatile IFragment? _fragment;
    private volatile Task? _stopping;

    /// <summary>Prepares the fragment once <paramref name="before"/> is over.</summary>
    public Deployment(FragmentOrder order, IFragmentHost host, Task before)
    {
        Epoch = order.Plan.Epoch;

        // Compiling and loading take long: not on an actor's thread.
        Preparing = Task.Run(() => PrepareAsync(order, host, before));
    }

    public long Epoch { get; }

    /// <summary>The fragment, ready to start; or why it could not be made.</summary>
    public Task<IFragment> Preparing { get; }

    public bool IsStarted { get; private set; }

    public bool IsDraining { get; private set; }

    public bool IsStopping => _stopping is not null;

    /// <summary>The fragment if it is ready.</summary>
    public IFragment? Fragment => IsStopping ? null : _fragment;

    public void Start()
    {
        if (!IsStarted && Fragment is { } fragment)
        {
            IsStarted = true;
            fragment.Start();
        }
    }

    public void Drain()
    {
        if (IsStarted && !IsDraining && Fragment is { } fragment)
        {
            IsDraining = true;
            fragment.Drain();
        }
    }

    /// <summary>Ends it, whatever it is doing. Every caller waits for the same end.</summary>
    /// <returns>Fails if something of it could not be let go.</returns>
    public Task StopAsync()
    {
        lock (_gate)
        {
            return _stopping ??= Task.Run(EndAsync);
        }
    }

    public ValueTask DisposeAsync() => new(StopAsync());

    private async Task<IFragment> PrepareAsync(FragmentOrder order, IFragmentHost host, Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _giveUp.Token.ThrowIfCancellationRequested();
        return _fragment = await host.PrepareAsync(order, _giveUp.Token).ConfigureAwait(false);
    }

    private async Task EndAsync()
    {
        await _giveUp.CancelAsync().ConfigureAwait(false);
        await ((Task)Preparing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_fragment is { } fragment)
        {
            fragment.Abort();
            await fragment.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await fragment.DisposeAsync().ConfigureAwait(false);
        }

        _giveUp.Dispose();
    }
}
