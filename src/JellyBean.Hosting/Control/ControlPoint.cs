using JellyBean.Runtime.Commands;

namespace JellyBean.Hosting.Control;

/// <summary>What a server of commands stands before.</summary>
/// <param name="Control">Reaches whichever node coordinates.</param>
/// <param name="Leads">Whether this process coordinates now.</param>
internal sealed record ControlPoint(IWorkflowControl Control, Func<bool> Leads);
