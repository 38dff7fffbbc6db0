namespace JellyBean.Hosting.Health;

/// <summary>What the program is doing, for health checks.</summary>
internal sealed class RunState
{
    private volatile Phase _phase = new(PhaseKind.Starting, "Nothing runs yet.");

    public Phase Current => _phase;

    public void Enter(PhaseKind kind, string description) => _phase = new Phase(kind, description);
}

internal sealed record Phase(PhaseKind Kind, string Description);

internal enum PhaseKind
{
    Starting,
    Running,
    Draining,
    Completed,
    Failed,
}
