using Akka.Actor;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Protocol;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Control.Nodes;

/// <summary>How a node that was told to end has what it runs taken away, and says what it waits for.</summary>
internal sealed partial class NodeAgent
{
    private const string UnheardTimer = "unheard";
    private static readonly TimeSpan LeaveAgain = TimeSpan.FromMilliseconds(500);

    private IActorRef? _waitsToLeave;
    private string? _leavesLaterBecause;

    private void ReceiveLeaving()
    {
        Receive<BecomeFree>(_ => OnBecomeFree());
        Receive<LeaveDue>(_ => SayGoodbye());
        Receive<LeaveLater>(FromCoordinator, OnLeaveLater);
        Receive<Unheard>(_ => OnUnheard());
    }

    private void OnBecomeFree()
    {
        _waitsToLeave = Sender;

        // Also one that runs nothing: it is not planned with any more.
        _coordinator?.Tell(new Leaving(_keeper.Current?.Epoch ?? 0));
        SayGoodbye();
        AwaitCoordinator();
    }

    private void SayGoodbye()
    {
        if (_waitsToLeave is null)
        {
            return;
        }

        if (_keeper.Current is not { } current)
        {
            Timers.Cancel(UnheardTimer);
            FreeAsync().PipeTo(_waitsToLeave);
            _waitsToLeave = null;
            return;
        }

        _coordinator?.Tell(new Leaving(current.Epoch));
        Timers.StartSingleTimer("leave", LeaveDue.Instance, LeaveAgain);
    }

    private void OnLeaveLater(LeaveLater later)
    {
        if (later.Reason != _leavesLaterBecause)
        {
            _leavesLaterBecause = later.Reason;
            LogLeavesLater(_logger, Worker, later.AtMost.TotalSeconds, later.Reason);
        }
    }

    // Only whoever coordinates can take anything away.
    private void AwaitCoordinator()
    {
        if (_waitsToLeave is not null && _coordinator is null && _keeper.Current is not null)
        {
            LogUnheard(_logger, Worker, _options.LeaveDeadline.TotalSeconds);
            Timers.StartSingleTimer(UnheardTimer, Unheard.Instance, _options.LeaveDeadline);
        }
    }

    private void OnUnheard()
    {
        _waitsToLeave?.Tell(new LeaveAnswer(IsFree: false));
        _waitsToLeave = null;
    }

    private async Task<LeaveAnswer> FreeAsync()
    {
        await _keeper.StopAsync(0).ConfigureAwait(false);
        return new LeaveAnswer(IsFree: true);
    }

    [LoggerMessage(EventId = 1134, Level = LogLevel.Warning, Message = "Node {Worker} leaves later, within {Seconds:F0} s. {Reason}")]
    private static partial void LogLeavesLater(ILogger logger, WorkerId worker, double seconds, string reason);

    [LoggerMessage(EventId = 1135, Level = LogLevel.Warning, Message = "Node {Worker} leaves while nobody coordinates, who could move what it runs; it waits for that for {Seconds:F0} s")]
    private static partial void LogUnheard(ILogger logger, WorkerId worker, double seconds);

    /// <summary>Ask for the fragment to be taken away; answered by <see cref="LeaveAnswer"/>.</summary>
    internal sealed class BecomeFree : INoSerializationVerificationNeeded
    {
        public static readonly BecomeFree Instance = new();
    }

    /// <summary>Nothing of a plan is left on the node, or nobody is there who could take it away.</summary>
    internal sealed record LeaveAnswer(bool IsFree) : INoSerializationVerificationNeeded;

    private sealed class LeaveDue : INoSerializationVerificationNeeded
    {
        public static readonly LeaveDue Instance = new();
    }

    private sealed class Unheard : INoSerializationVerificationNeeded
    {
        public static readonly Unheard Instance = new();
    }
}
