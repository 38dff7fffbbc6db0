using Microsoft.Extensions.Logging;

namespace JellyBean.Hosting.Commands;

internal static partial class RunLog
{
    [LoggerMessage(1210, LogLevel.Information, "Running '{Workflow}' on {Nodes} nodes for {Cost}.")]
    public static partial void Running(ILogger logger, string workflow, int nodes, string cost);

    [LoggerMessage(1211, LogLevel.Information, "Asked to stop: draining. Asked again, the run is aborted.")]
    public static partial void Draining(ILogger logger);

    [LoggerMessage(1212, LogLevel.Information, "Completed '{Workflow}' after {Seconds} s.")]
    public static partial void Completed(ILogger logger, string workflow, double seconds);
}
