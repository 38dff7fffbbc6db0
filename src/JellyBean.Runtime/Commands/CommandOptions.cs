namespace JellyBean.Runtime.Commands;

/// <summary>How a command is done.</summary>
public sealed record CommandOptions
{
    /// <summary>How long it may take until it is done; then it goes on, but is waited for no longer.</summary>
    /// <value>Above 0; 2 minutes unless set: planning, loading models and moving stages are in it.</value>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Tells the command from every other: given again, also by another process, the same id asks for nothing new, and is answered with what became of it.</summary>
    /// <value>1 to 64 characters; one of its own unless set. The last 16 that changed something are remembered by the cluster, more by the node that coordinates.</value>
    public string? Id { get; init; }

    /// <summary>Whether only to plan, and to say what would change.</summary>
    public bool IsDryRun { get; init; }
}
