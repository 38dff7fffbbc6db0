namespace JellyBean.Workflows.Inputs;

/// <summary>Makes the sources of an input from configuration.</summary>
/// <typeparam name="T">What an element carries.</typeparam>
public interface ISourceFactory<T>
    where T : notnull
{
    /// <summary>Makes one source. Opens nothing yet.</summary>
    /// <param name="settings">The source's keys; reading one declares it, wrong values are collected in it.</param>
    /// <returns>The source; null if <paramref name="settings"/> has errors.</returns>
    ISource<T>? Create(SourceSettings settings);
}
