using System.Collections.Immutable;
using Akka.Actor;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Fragments;
using Microsoft.Extensions.Logging;
using Deploy = JellyBean.Runtime.Control.Protocol.Deploy;

namespace JellyBean.Runtime.Control.Nodes;

/// <summary>How a plan comes to a node: deployed in place of what was there, or prepared beside it and then taken over.</summary>
internal sealed partial class NodeAgent
{
    private void OnDeploy(Deploy deploy)
    {
        if (_keeper.Held.Known(deploy.Epoch) is { } known)
        {
            AnswerAgain(known);
            return;
        }

        if (Objection(deploy) is { } reason)
        {
            LogDeployRefused(_logger, Worker, deploy.Epoch, reason);
            Sender.Tell(new DeployFailed(deploy.Epoch, reason));
            return;
        }

        FragmentOrder order;
        try
        {
            order = new FragmentOrder(PlanText.Parse(deploy.Plan) with { Epoch = deploy.Epoch })
            {
                Peers = deploy.Peers.ToImmutableSortedDictionary(p => p.Worker, p => p.Address),
                Former = deploy.Former.Length > 0 ? PlanText.Parse(deploy.Former) : null,
                Resume = deploy.Resume,
                Parts = deploy.Parts,
                Added = deploy.Added,
                Paused = deploy.Paused,
                Starts = deploy.Starts,
            };
        }
        catch (Exception cause) when (cause is FormatException or ArgumentException)
        {
            Sender.Tell(new DeployFailed(deploy.Epoch, ControlProtocol.Reason(cause)));
            return;
        }

        LogDeploying(_logger, Worker, deploy.Epoch);
        if (order.Former is { } former)
        {
            Prepare(order, former);
            return;
        }

        _ended = null;
        Timers.Cancel("report");
        Observe(_keeper.Deploy(order));
    }

    private void Prepare(FragmentOrder order, Plan former)
    {
        var has = former.Sources.Any(s => s.Worker == Worker) || former.Placements.SelectMany(p => p.Instances).Any(i => i.Worker == Worker);
        if (_keeper.Held.ObjectionBeside(former.Epoch, has) is { } reason)
        {
            Sender.Tell(new DeployFailed(order.Plan.Epoch, reason));
            return;
        }

        Observe(_keeper.Prepare(order));
    }

    // Asked again: the answer may have been lost.
    private void AnswerAgain(Deployment current)
    {
        if (current.Fragment is { } fragment)
        {
            Sender.Tell(new Deployed(current.Epoch, fragment.Predecessor) { Staying = fragment.Staying, Recalled = fragment.Recalled });
        }
        else if (current.Preparing.IsCompleted)
        {
            Observe(current);
        }
    }

    private string? Objection(Deploy deploy)
    {
        return _keeper.Held.Objection(deploy.Epoch) ?? (deploy.Fingerprint != _self.Fingerprint
            ? $"The plan is for a workflow with fingerprint {deploy.Fingerprint}, the node has built one with fingerprint {_self.Fingerprint}. Run the same build on both."
            : null);
    }

    private void OnPrepared(Prepared prepared)
    {
        if (_keeper.Held.Known(prepared.Epoch) is null)
        {
            return;
        }

        if (prepared.Fragment is null)
        {
            LogPrepareFailed(_logger, Worker, prepared.Epoch, prepared.Cause);
            _coordinator?.Tell(new DeployFailed(prepared.Epoch, ControlProtocol.Reason(prepared.Cause!)) { IsPossibleFromSnapshot = prepared.Cause!.GetBaseException() is ImmovableSinkException });
            return;
        }

        if (_keeper.Current?.Epoch == prepared.Epoch)
        {
            EndAsync(prepared.Epoch, prepared.Fragment).PipeTo(Self);
        }

        _coordinator?.Tell(new Deployed(prepared.Epoch, prepared.Fragment.Predecessor) { Staying = prepared.Fragment.Staying, Recalled = prepared.Fragment.Recalled });
    }

    private void OnTakeOver(TakeOver order)
    {
        if (_keeper.Current?.Epoch == order.Epoch)
        {
            // Asked again: what runs may have done it, and the answer may have been lost.
            AnswerTakenOver();
            return;
        }

        if (!_keeper.Held.CanTakeOver(order.Epoch))
        {
            Sender.Tell(new FragmentFailed(order.Epoch, $"It is not prepared on node '{Worker}', which may have been started again."));
            return;
        }

        LogTakesOver(_logger, Worker, order.Epoch, _keeper.Current?.Epoch ?? 0);
        _ended = null;
        var next = _keeper.Next!;
        var fragment = next.Fragment!;
        try
        {
            _keeper.TakeOver();
            StartReports(next);
            AnswerTakenOver();
        }
        catch (Exception cause)
        {
            OnEnded(new Ended(order.Epoch, cause));
        }

        EndAsync(next.Epoch, fragment).PipeTo(Self);
    }

    private void AnswerTakenOver() => TakenOverAsync(_keeper.Current!.Epoch, _keeper.TakenOver).PipeTo(Self);

    private static async Task<TookOver> TakenOverAsync(long epoch, Task takenOver)
    {
        try
        {
            await takenOver.ConfigureAwait(false);
            return new TookOver(epoch, null);
        }
        catch (Exception cause)
        {
            return new TookOver(epoch, cause);
        }
    }

    private void OnTookOver(TookOver took)
    {
        if (_keeper.Current?.Epoch != took.Epoch)
        {
            return;
        }

        if (took.Cause is { } cause)
        {
            OnEnded(new Ended(took.Epoch, cause));
            return;
        }

        SendReport();
        _coordinator?.Tell(new TakenOver(took.Epoch));
    }

    [LoggerMessage(EventId = 1134, Level = LogLevel.Debug, Message = "Epoch {Epoch} takes the place of {Former} on node {Worker}")]
    private static partial void LogTakesOver(ILogger logger, WorkerId worker, long epoch, long former);
}
