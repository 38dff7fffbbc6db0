using Microsoft.Extensions.Logging;

namespace JellyBean.Hosting.CommandLine;

/// <summary>How much is logged; the command line settles it after the host was built.</summary>
internal sealed class Verbosity
{
    private volatile int _least = (int)LogLevel.Warning;

    /// <summary>The least level that is logged.</summary>
    public LogLevel Least
    {
        get => (LogLevel)_least;
        set => _least = (int)value;
    }

    /// <summary>Whether errors are shown with where in the code they came from.</summary>
    public bool ShowsStacks => Least <= LogLevel.Debug;
}
