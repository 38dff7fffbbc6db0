namespace JellyBean.Hosting.Health;

/// <summary>What the program is doing, for health checks.</summary>
internal sealed class RunState
{
    private volatile Phase _phase = new(PhaseKind.Starting, "Nothing runs yet.");

    private volatile Func<string> _ifStopped = () => "Stopped before the run began.";

    public Phase Current => _phase;

    /// <summary>What it means that the program is stopped at once, for whoever stopped it.</summary>
    public string IfStopped => _ifStopped();

    public void Enter(PhaseKind kind, string description)
    {
        _phase = new Phase(kind, description);
        if (kind == PhaseKind.Running)
        {
            _ifStopped = () => "Stopped at once; what was inside is lost.";
        }
    }

    /// <summary>A plan is told already, and the program is finding out why it is so.</summary>
    public void Explain() => _ifStopped = () => "The explanation was cut short; what is printed holds. --brief leaves the explanation out.";

    /// <summary>The program only asks a cluster for something: nothing is inside it.</summary>
    /// <param name="isReached">Whether the cluster has answered by then.</param>
    public void Ask(Func<bool> isReached) => _ifStopped = () => isReached()
        ? "It is not waited for any longer; what the cluster was asked for goes on."
        : "Stopped before any coordinator had answered.";
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
