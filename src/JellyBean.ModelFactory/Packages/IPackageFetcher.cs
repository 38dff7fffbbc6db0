namespace JellyBean.ModelFactory.Packages;

/// <summary>Downloads packages; tests put a local one in its place.</summary>
internal interface IPackageFetcher
{
    /// <returns>The path of the tarball, inside <paramref name="folder"/>; not yet verified.</returns>
    /// <exception cref="PackageFetchException">It could not be had.</exception>
    Task<string> FetchAsync(SourcePackage package, string folder, CancellationToken cancellationToken);
}

/// <summary>A download failed.</summary>
/// <param name="message">What happened and what to do.</param>
/// <param name="retry">Whether another attempt could go better.</param>
internal sealed class PackageFetchException(string message, bool retry) : Exception(message)
{
    public bool Retry { get; } = retry;
}
