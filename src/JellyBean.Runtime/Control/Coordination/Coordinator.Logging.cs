using Akka.Actor;
using JellyBean.Planning.Infrastructure;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Control.Coordination;

internal sealed partial class Coordinator
{
    [LoggerMessage(EventId = 1140, Level = LogLevel.Information, Message = "The coordinator is at {Address}")]
    private static partial void LogBegan(ILogger logger, Address address);

    [LoggerMessage(EventId = 1141, Level = LogLevel.Information, Message = "Node {Worker} has joined from {Address}")]
    private static partial void LogNodeWelcomed(ILogger logger, WorkerId worker, Address address);

    [LoggerMessage(EventId = 1142, Level = LogLevel.Error, Message = "A node was refused. {Reason}")]
    private static partial void LogNodeRefused(ILogger logger, string reason);

    [LoggerMessage(EventId = 1143, Message = "Node {Worker} was lost: it is gone without having said so")]
    private static partial void LogNodeLost(ILogger logger, LogLevel level, WorkerId worker);

    [LoggerMessage(EventId = 1152, Level = LogLevel.Information, Message = "Node {Worker} has left the cluster")]
    private static partial void LogNodeLeft(ILogger logger, WorkerId worker);

    [LoggerMessage(EventId = 1144, Level = LogLevel.Debug, Message = "The run of epoch {Epoch} goes from {Before} to {After}")]
    private static partial void LogPhase(ILogger logger, long epoch, RunPhase before, RunPhase after);

    [LoggerMessage(EventId = 1145, Level = LogLevel.Information, Message = "The run of epoch {Epoch} is complete after {Seconds:F1} s")]
    private static partial void LogCompleted(ILogger logger, long epoch, double seconds);

    [LoggerMessage(EventId = 1146, Message = "The run of epoch {Epoch} has failed and was stopped. {Cause}")]
    private static partial void LogFailed(ILogger logger, LogLevel level, long epoch, string cause);

    [LoggerMessage(EventId = 1147, Level = LogLevel.Warning, Message = "Whoever is told about the progress of epoch {Epoch} has failed; the run goes on")]
    private static partial void LogProgressFailed(ILogger logger, long epoch, Exception cause);

    [LoggerMessage(EventId = 1148, Level = LogLevel.Information, Message = "This node coordinates in term {Term}")]
    private static partial void LogLeads(ILogger logger, long term);

    [LoggerMessage(EventId = 1149, Level = LogLevel.Warning, Message = "Another node coordinates in a term after {Term}; this one does nothing any more")]
    private static partial void LogOverruled(ILogger logger, long term);

    [LoggerMessage(EventId = 1150, Message = "{What}")]
    private static partial void LogTold(ILogger logger, LogLevel level, string what);
}
