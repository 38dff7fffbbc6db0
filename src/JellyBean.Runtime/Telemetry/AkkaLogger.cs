using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Dispatch;
using Akka.Event;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace JellyBean.Runtime.Telemetry;

/// <summary>Where an actor system's own log goes. Handed to the system when it is created.</summary>
internal sealed class AkkaLoggerSetup(ILogger logger) : Setup
{
    private volatile bool _isQuiet;

    public ILogger Logger => logger;

    /// <summary>Set once the cluster is taken down: that its connections break is then no news.</summary>
    public bool IsQuiet
    {
        get => _isQuiet;
        set => _isQuiet = value;
    }
}

/// <summary>Passes Akka's own log on. Akka makes it by name.</summary>
internal sealed partial class AkkaLogger : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    public AkkaLogger()
    {
        var setup = Context.System.Settings.Setup.Get<AkkaLoggerSetup>().Value;
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(e => Pass(setup, LevelOf(e), e));
    }

    private static void Pass(AkkaLoggerSetup setup, LogLevel level, LogEvent logged)
    {
        if (!setup.IsQuiet && setup.Logger.IsEnabled(level))
        {
            var text = logged.Message?.ToString() ?? "";
            Log(setup.Logger, level, logged.LogSource, text, logged.Cause);
        }
    }

    // What connections come and go is no news by itself, and is repeated with every attempt: the coordinator says what it means for the cluster.
    private static LogLevel LevelOf(LogEvent logged) => logged.LogLevel() switch
    {
        Akka.Event.LogLevel.WarningLevel when logged.LogSource.StartsWith("remoting", StringComparison.Ordinal) => LogLevel.Debug,
        Akka.Event.LogLevel.WarningLevel or Akka.Event.LogLevel.ErrorLevel when TellsThatOneHasLeft(logged) => LogLevel.Debug,
        Akka.Event.LogLevel.ErrorLevel => LogLevel.Error,
        Akka.Event.LogLevel.WarningLevel => LogLevel.Warning,
        Akka.Event.LogLevel.InfoLevel => LogLevel.Information,
        _ => LogLevel.Debug,
    };

    // Also of clients, which come and go as they please. Akka keeps the exception's type to itself.
    private static bool TellsThatOneHasLeft(LogEvent logged) =>
        logged.LogSource.Contains("/endpointManager/", StringComparison.Ordinal)
        && $"{logged.Message} {logged.Cause}".Contains("EndpointDisassociatedException", StringComparison.Ordinal);

    [LoggerMessage(EventId = 1190, Message = "{Source}: {Text}")]
    private static partial void Log(ILogger logger, LogLevel level, string source, string text, Exception? cause);
}

/// <summary>Says nothing: Akka would otherwise write to the console while a system starts or ends.</summary>
internal sealed class SilentLogger : MinimalLogger
{
    protected override void Log(object message)
    {
    }
}
