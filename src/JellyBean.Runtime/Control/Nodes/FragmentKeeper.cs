using JellyBean.Runtime.Fragments;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Control.Nodes;

/// <summary>Keeps a node's fragment apart from the agent, so that it runs on when the agent's actor system ends, and fences older epochs.</summary>
/// <remarks>Beside it there may be the one that takes its place next, or the one before that drains. One agent at a time uses it. Takes ownership of the host.</remarks>
internal sealed partial class FragmentKeeper(IFragmentHost host, ILogger logger) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private Holdings<Deployment> _held = new();
    private Task _ended = Task.CompletedTask;

    /// <summary>What the node has, and what it may do with it.</summary>
    public Holdings<Deployment> Held
    {
        get
        {
            lock (_gate)
            {
                return _held;
            }
        }
    }

    /// <summary>The highest epoch that was accepted or stopped; 0 before the first.</summary>
    public long LastEpoch => Held.LastEpoch;

    /// <summary>The highest term in which a coordinator has welcomed the node; 0 before the first.</summary>
    public long LastTerm { get; set; }

    /// <summary>Where the node takes links from other processes; null if it takes none.</summary>
    public NodeAddress? LinkAddress => host.LinkAddress;

    /// <summary>What is deployed; null if nothing is.</summary>
    public Deployment? Current => Held.Current;

    /// <summary>What is prepared to take its place; null if nothing is.</summary>
    public Deployment? Next => Held.Next;

    /// <summary>Ends when what ran before the current one is drained and gone; fails if it could not hand over.</summary>
    public Task TakenOver { get; private set; } = Task.CompletedTask;

    /// <summary>Deploys a plan; what was deployed before is stopped first.</summary>
    /// <param name="order">Its plan's epoch is above <see cref="LastEpoch"/>.</param>
    public Deployment Deploy(FragmentOrder order)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(order.Plan.Epoch, LastEpoch);
        Step(held => held.Clear());
        TakenOver = Task.CompletedTask;
        var deployment = new Deployment(order, host, null, _ended);
        Step(held => new(held.Deploy(deployment), []));
        return deployment;
    }

    /// <summary>Prepares a plan beside the one in force, which goes on.</summary>
    /// <param name="order">Its plan's epoch is above <see cref="LastEpoch"/>.</param>
    public Deployment Prepare(FragmentOrder order)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(order.Plan.Epoch, LastEpoch);
        Step(held => held.ClearNext());
        var deployment = new Deployment(order, host, Current?.Fragment, _ended);
        Step(held => new(held.Prepare(deployment), []));
        return deployment;
    }

    /// <summary>Lets what is prepared take the place of the one in force.</summary>
    public void TakeOver()
    {
        Step(held => new(held.TakeOver(), []));
        var (current, former) = (Held.Current!, Held.Former);
        current.Start();
        TakenOver = ReleaseAsync(current, former);
    }

    /// <summary>Lets go of what is prepared, if it is of that epoch: it will not be in force.</summary>
    public void Abandon(long epoch) => Step(held => held.Abandon(epoch));

    /// <summary>Stops what is left of an epoch, and refuses it and older ones from now on.</summary>
    /// <returns>Completes when nothing is left; never fails.</returns>
    public Task StopAsync(long epoch)
    {
        Step(held => held.Stop(epoch));
        return _ended;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(long.MaxValue).ConfigureAwait(false);
        await host.DisposeAsync().ConfigureAwait(false);
    }

    private void Step(Func<Holdings<Deployment>, HoldingsStep<Deployment>> next)
    {
        HoldingsStep<Deployment> step;
        lock (_gate)
        {
            step = next(_held);
            _held = step.Next;
        }

        foreach (var deployment in step.Ended)
        {
            _ended = EndAsync(deployment);
        }
    }

    private async Task ReleaseAsync(Deployment current, Deployment? former)
    {
        await (current.Fragment?.TakenOver ?? Task.FromCanceled(new CancellationToken(canceled: true))).ConfigureAwait(false);
        if (former is not null)
        {
            await EndAsync(former).ConfigureAwait(false);
            lock (_gate)
            {
                // Or all that it held would be kept until the next plan.
                _held = _held.Release(former).Next;
            }
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
