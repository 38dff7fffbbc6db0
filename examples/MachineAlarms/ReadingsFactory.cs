using JellyBean.Workflows.Inputs;

namespace MachineAlarms;

/// <summary>Makes sources out of configuration: the key <c>uri</c> is the file.</summary>
public sealed class ReadingsFactory : ISourceFactory<Reading>
{
    /// <inheritdoc />
    public ISource<Reading>? Create(SourceSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var file = settings.RequiredText("uri", "a CSV file's path");
        var rate = settings.Number("readings-per-second", 0.001, 1_000_000, fallback: 100);
        return settings.Errors.Count > 0 ? null : new ReadingsFile(settings.Name, file, rate);
    }
}
