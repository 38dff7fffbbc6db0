using System.Collections.Immutable;

namespace JellyBean.Hosting;

/// <summary>What the command line settled for a run. Among the host's services; filled before sinks are made.</summary>
public sealed class RunContext
{
    private volatile string? _outputFolder;
    private volatile ImmutableSortedDictionary<string, ImmutableArray<string>> _options =
        ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>The folder for what a run writes; it exists and can be written.</summary>
    /// <exception cref="InvalidOperationException">No run has been asked for yet.</exception>
    public string OutputFolder
    {
        get => _outputFolder ?? throw new InvalidOperationException("The output folder is known only once a run begins. Ask for it where a sink is made or a run is completed.");
        internal set => _outputFolder = value;
    }

    /// <summary>The values of the program's own options, by name without dashes; those that were not given are missing.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Options
    {
        get => _options;
        internal set => _options = value;
    }
}
