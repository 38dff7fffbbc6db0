using System.Collections.Immutable;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Control.Adaptation;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Snapshots;

namespace JellyBean.Runtime.Control.Nodes;

/// <summary>A fragment from the moment it is asked for until nothing of it is left.</summary>
internal sealed class Deployment : IHeld, IAsyncDisposable
{
    private readonly Plan _plan;
    private readonly CancellationTokenSource _giveUp = new();
    private readonly Lock _gate = new();
    private CancellationTokenSource? _newer;
    private volatile IFragment? _fragment;
    private volatile Task? _stopping;
    private (long Snapshot, Task<IControlMessage> Answer)? _snapshot;
    private (long Revision, Task<Adjusted> Answer)? _adjusted;

    /// <summary>Prepares the fragment once <paramref name="before"/> is over.</summary>
    /// <param name="order">What of.</param>
    /// <param name="host">Makes it.</param>
    /// <param name="former">What runs here, whose place it is to take; null if nothing does.</param>
    /// <param name="before">What must be gone first.</param>
    public Deployment(FragmentOrder order, IFragmentHost host, IFragment? former, Task before)
    {
        _plan = order.Plan;

        // Compiling and loading take long: not on an actor's thread.
        Preparing = Task.Run(() => PrepareAsync(order, host, former, before));
    }

    public long Epoch => _plan.Epoch;

    /// <summary>The fragment, ready to start; or why it could not be made.</summary>
    public Task<IFragment> Preparing { get; }

    public bool IsStarted { get; private set; }

    public bool IsDraining { get; private set; }

    public bool IsStopping => _stopping is not null;

    /// <inheritdoc />
    public bool IsReady => Fragment is not null;

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

    /// <summary>Takes its part of a snapshot, once however often it is asked.</summary>
    public Task<IControlMessage> SnapshotAsync(long snapshot)
    {
        if (_snapshot is { } asked && asked.Snapshot == snapshot)
        {
            return asked.Answer;
        }

        if (Fragment is not { } fragment || !IsStarted)
        {
            return Task.FromResult<IControlMessage>(new SnapshotFailed(Epoch, snapshot, "Its fragment does not run."));
        }

        // One that was given up, and still is on its way to another node, would only hold up this one.
        _newer?.Cancel();
        var newer = _newer = CancellationTokenSource.CreateLinkedTokenSource(_giveUp.Token);
        var answer = Task.Run(() => SnapshotAsync(fragment, snapshot, newer));
        _snapshot = (snapshot, answer);
        return answer;
    }

    /// <summary>Changes it in place, once however often it is asked; what is older than the last change is late, and ignored.</summary>
    /// <returns>The answer; null where none is due.</returns>
    public Task<Adjusted>? AdjustAsync(Adjustment adjustment)
    {
        if (Fragment is { } fragment && adjustment.Revision > (_adjusted?.Revision ?? 0))
        {
            var before = _adjusted?.Answer ?? (Task)Task.CompletedTask;
            _adjusted = (adjustment.Revision, Task.Run(() => AdjustAsync(fragment, adjustment, before)));
        }

        return _adjusted is { } last && last.Revision == adjustment.Revision ? last.Answer : null;
    }

    /// <summary>Has its sinks commit a snapshot.</summary>
    /// <returns>Fails if one could not.</returns>
    public async Task<IControlMessage> CommitAsync(long snapshot, ImmutableArray<SnapshotReceipt> parts)
    {
        var manifest = SnapshotManifest.Of(_plan, snapshot, parts, TimeProvider.System.GetUtcNow());
        await (Fragment?.CommitAsync(manifest, _giveUp.Token) ?? Task.CompletedTask).ConfigureAwait(false);
        return new SnapshotCommitted(Epoch, snapshot);
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

    private async Task<IFragment> PrepareAsync(FragmentOrder order, IFragmentHost host, IFragment? former, Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _giveUp.Token.ThrowIfCancellationRequested();
        return _fragment = await host.PrepareAsync(order, former, _giveUp.Token).ConfigureAwait(false);
    }

    private async Task<IControlMessage> SnapshotAsync(IFragment fragment, long snapshot, CancellationTokenSource newer)
    {
        try
        {
            var receipt = await fragment.SnapshotAsync(snapshot, newer.Token).ConfigureAwait(false);
            return new SnapshotStored(Epoch, snapshot, receipt.Bytes, receipt.Checksum, receipt.Copy);
        }
        catch (OperationCanceledException)
        {
            return new SnapshotFailed(Epoch, snapshot, "A newer snapshot or the fragment's end came first.");
        }
        catch (SnapshotException cause)
        {
            return new SnapshotFailed(Epoch, snapshot, ControlProtocol.Reason(cause.Message));
        }
    }

    private async Task<Adjusted> AdjustAsync(IFragment fragment, Adjustment adjustment, Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return new Adjusted(Epoch, adjustment.Revision, await fragment.AdjustAsync(adjustment, _giveUp.Token).ConfigureAwait(false));
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

        _newer?.Dispose();
        _giveUp.Dispose();
    }
}
