using JellyBean.Runtime.Fragments;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Control.Nodes;

/// <summary>Keeps a node's fragment apart from the agent, so that it runs on when the agent's actor system ends, and fences older epochs.</summary>
/// <remarks>Beside it there may be the one that takes its place next, or the one before that drains. One agent at a time uses it. Takes ownership of the host.</remarks>
internal sealed partial class FragmentKeeper(IFragmentHost host, ILogger logger) : IAsyncDisposable
{
    private Task _ended = Task.CompletedTask;
    private Deployment? _former;

    /// <summary>The highest epoch that was accepted or stopped; 0 before the first.</summary>
    public long LastEpoch { get; private set; }

    /// <summary>The highest term in which a coordinator has welcomed the node; 0 before the first.</summary>
    public long LastTerm { get; set; }

    /// <summary>Where the node takes links from other processes; null if it takes none.</summary>
    public NodeAddress? LinkAddress => host.LinkAddress;

    /// <summary>What is deployed; null if nothing is.</summary>
    public Deployment? Current { get; private set; }

    /// <summary>What is prepared to take its place; null if nothing is.</summary>
    public Deployment? Next { get; private set; }

    /// <summary>Ends when what ran before the current one is drained and gone; fails if it could not hand over.</summary>
    public Task TakenOver { get; private set; } = Task.CompletedTask;

    /// <summary>Deploys a plan; what was deployed before is stopped first.</summary>
    /// <param name="order">Its plan's epoch is above <see cref="LastEpoch"/>.</param>
    public Deployment Deploy(FragmentOrder order)
    {
        Accept(order);
        EndAll();
        TakenOver = Task.CompletedTask;
        return Current = new Deployment(order, host, null, _ended);
    }

    /// <summary>Prepares a plan beside the one in force, which goes on.</summary>
    /// <param name="order">Its plan's epoch is above <see cref="LastEpoch"/>.</param>
    public Deployment Prepare(FragmentOrder order)
    {
        Accept(order);
        EndNext();
        return Next = new Deployment(order, host, Current?.Fragment, _ended);
    }

    /// <summary>Lets what is prepared take the place of the one in force.</summary>
    public void TakeOver()
    {
        (_former, Current, Next) = (Current, Next!, null);
        Current.Start();
        TakenOver = ReleaseAsync(Current, _former);
    }

    /// <summary>Lets go of what is prepared, if it is of that epoch: it will not be in force.</summary>
    public void Abandon(long epoch)
    {
        if (Next?.Epoch == epoch)
        {
            EndNext();
        }
    }

    /// <summary>Stops what is left of an epoch, and refuses it and older ones from now on.</summary>
    /// <returns>Completes when nothing is left; never fails.</returns>
    public Task StopAsync(long epoch)
    {
        LastEpoch = Math.Max(LastEpoch, epoch);
        if (Current is null || Current.Epoch <= epoch)
        {
            // What was to take its place has nothing to begin with any more.
            EndAll();
        }

        return _ended;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(long.MaxValue).ConfigureAwait(false);
        await host.DisposeAsync().ConfigureAwait(false);
    }

    private void Accept(FragmentOrder order)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(order.Plan.Epoch, LastEpoch);
        LastEpoch = order.Plan.Epoch;
    }

    private void EndAll()
    {
        EndNext();
        foreach (var deployment in new[] { _former, Current }.OfType<Deployment>())
        {
            _ended = EndAsync(deployment);
        }

        (_former, Current) = (null, null);
    }

    private void EndNext()
    {
        if (Next is { } next)
        {
            Next = null;
            _ended = EndAsync(next);
        }
    }

    private async Task ReleaseAsync(Deployment current, Deployment? former)
    {
        await (current.Fragment?.TakenOver ?? Task.FromCanceled(new CancellationToken(canceled: true))).ConfigureAwait(false);
        if (former is not null)
        {
            await EndAsync(former).ConfigureAwait(false);
        }
    }

    private async Task EndAsync(Deployment deployment)
    {
        var previous = _ended;
        try
        {
            await deployment.StopAsync().ConfigureAwait(false);
        }
        catch (Exception cause)
        {
            LogLeft(logger, deployment.Epoch, cause);
        }

        await previous.ConfigureAwait(false);
    }

    [LoggerMessage(EventId = 1110, Level = LogLevel.Warning, Message = "Something of the fragment of epoch {Epoch} could not be let go")]
    private static partial void LogLeft(ILogger logger, long epoch, Exception cause);
}
