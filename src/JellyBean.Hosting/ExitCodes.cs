namespace JellyBean.Hosting;

/// <summary>What a program's exit code means.</summary>
public static class ExitCodes
{
    /// <summary>Done; also a run that was asked to stop and has drained.</summary>
    public const int Ok = 0;

    /// <summary>Something failed that was right when it began.</summary>
    public const int Failed = 1;

    /// <summary>The command line, the configuration, a model file or an input cannot be used; the message says what to do.</summary>
    public const int BadInput = 2;

    /// <summary>No plan meets what is asked with the machines there are; the message says what stands against it.</summary>
    public const int NoPlan = 3;

    /// <summary>Stopped at once by a second Ctrl-C or SIGTERM; what was inside is lost.</summary>
    public const int Interrupted = 130;
}
