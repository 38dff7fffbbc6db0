namespace JellyBean.Hosting;

/// <summary>What a program's exit code means.</summary>
public static class ExitCodes
{
    /// <summary>Done; also a run that was asked to stop and has drained, and one in which some elements failed or a source ended early with trouble that it knows: those are counted and told.</summary>
    public const int Ok = 0;

    /// <summary>Something failed that was right when it began; also a run in which a source threw an unexpected exception, or no element was processed though some came.</summary>
    public const int Failed = 1;

    /// <summary>The command line, the configuration, a model file or an input cannot be used; the message says what to do.</summary>
    public const int BadInput = 2;

    /// <summary>No plan meets what is asked with the machines there are; the message says what stands against it.</summary>
    public const int NoPlan = 3;

    /// <summary>Stopped at once by a second Ctrl-C or SIGTERM; what was inside is lost.</summary>
    public const int Interrupted = 130;
}
