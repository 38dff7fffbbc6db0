using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using JellyBean.ModelFactory.Packages;

namespace JellyBean.ModelFactory.Tests.Packages;

/// <summary>A small tarball with its pins, and a fetcher that serves it after some failures.</summary>
internal sealed class LocalPackage : IPackageFetcher
{
    public const string Content = "weights";

    private readonly byte[] _tarball;

    public LocalPackage(params string[] members)
    {
        _tarball = Pack([.. members, "package/unneeded.txt"]);
        Package = new SourcePackage
        {
            Name = "@scope/tiny",
            Version = "1.0.0",
            Sha256 = ContentHash.Of(_tarball),
            Members = [.. members.Select(member => new PackageMember(member, ContentHash.Of(Encoding.UTF8.GetBytes(Content))))],
        };
    }

    public SourcePackage Package { get; init; }

    public int Fetches { get; private set; }

    /// <summary>Failures before the first success.</summary>
    public Queue<PackageFetchException> Failures { get; } = new();

    /// <summary>Deliver this in place of the tarball.</summary>
    public byte[]? Instead { get; init; }

    public async Task<string> FetchAsync(SourcePackage package, string folder, CancellationToken cancellationToken)
    {
        Fetches++;
        if (Failures.TryDequeue(out PackageFetchException? failure))
            throw failure;
        string path = Path.Combine(folder, package.FileName + ".tgz");
        await WriteAsync(path);
        return path;
    }

    public Task WriteAsync(string path) => File.WriteAllBytesAsync(path, Instead ?? _tarball);

    private static byte[] Pack(string[] members)
    {
        using var packed = new MemoryStream();
        using (var zipped = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(zipped))
        {
            foreach (string member in members)
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, member) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(Content)) });
        }

        return packed.ToArray();
    }
}
