using System.Net.Sockets;
using System.Security.Authentication;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Dispatch;
using Akka.Event;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Links;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace JellyBean.Runtime.Telemetry;

/// <summary>Where an actor system's own log goes. Handed to the system when it is created.</summary>
internal sealed class AkkaLoggerSetup(ILogger logger) : Setup
{
    private volatile bool _isQuiet;
    private volatile bool _listens;

    public ILogger Logger => logger;

    /// <summary>Connections that came to nothing.</summary>
    public Refusals Refusals { get; } = new(logger);

    /// <summary>Set once the system has its port: whoever began one that has not is told of it by an exception.</summary>
    public bool Listens
    {
        get => _listens;
        set => _listens = value;
    }

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
        Receive<LogEvent>(e => Pass(setup, setup.Listens || !IsOfRemoting(e) ? LevelOf(e) : LogLevel.Debug, e));
    }

    private static void Pass(AkkaLoggerSetup setup, LogLevel level, LogEvent logged)
    {
        if (setup.IsQuiet)
        {
            return;
        }

        var text = logged.Message?.ToString() ?? "";
        if (RefusalIn(logged, text) is { } refusal)
        {
            // Anybody can connect, as often as they like: told once, and counted.
            setup.Refusals.Add(refusal, null, ControlProtocol.Line($"{text} {logged.Cause?.GetBaseException().Message}".TrimEnd()));
        }

        if (setup.Logger.IsEnabled(level))
        {
            Log(setup.Logger, level, logged.LogSource, text, logged.Cause);
        }
    }

    // Who connected to this system and could not take part: a certificate that is missing or not trusted, noise, a scan. Akka has no words of its own for them.
    private static Refusal? RefusalIn(LogEvent logged, string text) => logged switch
    {
        { } when !IsOfConnection(logged) || logged.LogLevel() < Akka.Event.LogLevel.WarningLevel => null,
        { } when text.Contains("TLS", StringComparison.Ordinal) || text.StartsWith("Rejected", StringComparison.Ordinal) || logged.Cause?.GetBaseException() is AuthenticationException => Refusal.Untrusted,

        // A peer has died, or a line was cut.
        { Cause: null or IOException or SocketException } => null,
        _ => Refusal.Unreadable,
    };

    private static bool IsOfRemoting(LogEvent logged) =>
        logged.LogSource.StartsWith("remoting", StringComparison.Ordinal) || logged.LogSource.StartsWith("TcpTransport", StringComparison.Ordinal);

    private static bool IsOfConnection(LogEvent logged) =>
        logged.LogSource.StartsWith("TcpServerHandler", StringComparison.Ordinal)
        || (logged.LogSource.StartsWith("TcpTransport", StringComparison.Ordinal) && $"{logged.Message}".Contains("did not provide a certificate", StringComparison.Ordinal));

    // What connections come and go is no news by itself, and is repeated with every attempt: the coordinator says what it means for the cluster.
    private static LogLevel LevelOf(LogEvent logged) => logged.LogLevel() switch
    {
        Akka.Event.LogLevel.WarningLevel when logged.LogSource.StartsWith("remoting", StringComparison.Ordinal) => LogLevel.Debug,
        _ when IsOfConnection(logged) => LogLevel.Debug,

        // Who decides about lost nodes tells all that it weighs: what comes of it, the coordinator says in the words of the cluster's users.
        Akka.Event.LogLevel.WarningLevel when logged.LogSource.Contains("/downingProvider", StringComparison.Ordinal) => LogLevel.Information,
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
