using JellyBean.Hosting.Configuration;
using JellyBean.Runtime.Calibration;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Hosting.CommandLine;

/// <summary>What an exception means to whoever called the program.</summary>
internal static class Failure
{
    /// <summary>The exit code.</summary>
    public static int CodeOf(Exception cause) => Chain(cause).Any(IsInput) ? ExitCodes.BadInput : ExitCodes.Failed;

    /// <summary>One clear message for each thing that is wrong, without where in the code it came from.</summary>
    public static IEnumerable<string> MessagesOf(Exception cause)
    {
        if (cause is BadInputException bad)
        {
            return bad.Errors;
        }

        // An outer message often repeats the inner one.
        var messages = new List<string>();
        foreach (var message in Chain(cause).Where(c => c is not AggregateException).Select(c => c.Message.Trim()))
        {
            if (!messages.Any(m => m.Contains(message, StringComparison.Ordinal)))
            {
                messages.Add(message);
            }
        }

        return [string.Join(" ", messages)];
    }

    private static bool IsInput(Exception cause) => cause is BadInputException or TruthException or SourceException or ModelLoadException or SinkException or WorkflowException or CalibrationException;

    private static IEnumerable<Exception> Chain(Exception cause)
    {
        for (var at = cause; at is not null; at = at.InnerException)
        {
            yield return at;
        }
    }
}
