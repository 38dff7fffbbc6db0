using JellyBean.Runtime.Fragments;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Control.Nodes;

/// <summary>Keeps a node's fragment apart from the agent, so that it runs on when the agent's actor system ends, and fences older epochs.</summary>
/// <remarks>One agent at a time uses it. Takes ownership of the host.</remarks>
internal sealed partial class FragmentKeeper(IFragmentHost host, ILogger logger) : IAsyncDisposable
{
    private Task _ended = Task.CompletedTask;

    /// <summary>The highest epoch that was accepted or stopped; 0 before the first.</summary>
    public long LastEpoch { get; private set; }

    /// <summary>The highest term in which a coordinator has welcomed the node; 0 before the first.</summary>
    public long LastTerm { get; set; }

    /// <summary>Where the node takes links from other processes; null if it takes none.</summary>
    public NodeAddress? LinkAddress => host.LinkAddress;

    /// <summary>What is deployed; null if nothing is.</summary>
    public Deployment? Current { get; private set; }

    /// <summary>Deploys a plan; what was deployed before is stopped first.</summary>
    /// <param name="order">Its plan's epoch is above <see cref="LastEpoch"/>.</param>
    public Deployment Deploy(FragmentOrder order)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(order.Plan.Epoch, LastEpoch);
        LastEpoch = order.Plan.Epoch;
        var before = Current is null ? _ended : EndAsync(Current);
        return Current = new Deployment(order, host, before);
    }

    /// <summary>Stops what is left of an epoch, and refuses it and older ones from now on.</summary>
    /// <returns>Completes when nothing is left; never fails.</returns>
    public Task StopAsync(long epoch)
    {
        LastEpoch = Math.Max(LastEpoch, epoch);
        if (Current is { } current && current.Epoch <= epoch)
        {
            Current = null;
            _ended = EndAsync(current);
        }

        return _ended;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(long.MaxValue).ConfigureAwait(false);
        await host.DisposeAsync().ConfigureAwait(false);
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
