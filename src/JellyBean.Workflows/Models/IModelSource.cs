namespace JellyBean.Workflows.Models;

/// <summary>Brings model files onto this machine, into a cache outside the project.</summary>
public interface IModelSource
{
    /// <summary>The family's name, as in <c>nanodet</c>.</summary>
    string Name { get; }

    /// <summary>What it can bring.</summary>
    IReadOnlyList<ModelFile> Files { get; }

    /// <summary>Checks each file against its recorded hash.</summary>
    Task<IReadOnlyList<ModelFileStatus>> VerifyAsync(CancellationToken cancellationToken);

    /// <summary>Brings what is missing or corrupt; what is ready is left alone.</summary>
    /// <param name="progress">A line per step.</param>
    /// <param name="cancellationToken">Gives up; no half-written file stays behind.</param>
    /// <exception cref="ModelLoadException">Something cannot be had; the message says what to do.</exception>
    Task RestoreAsync(IProgress<string> progress, CancellationToken cancellationToken);
}
