using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Protocol;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>For how long a command holds, for whoever gave it.</summary>
internal static class Lasting
{
    /// <summary>The outcome, which also says until when what was decided holds, or would: for later runs, too, unless it only takes something back or plans anew.</summary>
    public static CommandOutcome Said(this CommandOutcome outcome, Command command)
    {
        var undo = command.Kind switch
        {
            CommandKind.Pin => $"unpin {command.Subject}",
            CommandKind.Swap when command.Argument != IWorkflowControl.AnyVariant => $"swap {command.Subject} {IWorkflowControl.AnyVariant}",
            CommandKind.Drain => $"return {command.Subject}",
            CommandKind.Pause => $"resume {command.Subject}",
            CommandKind.Add => $"remove {command.Subject}",
            CommandKind.Remove => $"add {command.Subject}",
            _ => null,
        };
        return undo is null || outcome.Status is not (CommandStatus.Done or CommandStatus.Unchanged or CommandStatus.Planned)
            ? outcome
            : outcome with { Message = $"{outcome.Message} It {(outcome.Status == CommandStatus.Planned ? "would hold" : "holds")} for later runs, too, until '{undo}'." };
    }
}
