using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using JellyBean.Planning.Infrastructure;

namespace JellyBean.Runtime.Snapshots;

/// <summary>Snapshots as files: a folder for each, with the parts of workers and, once it is complete, a manifest. Keeps the last two that are complete.</summary>
/// <remarks>Thread-safe. Any number of instances, in any number of processes, may share a folder.</remarks>
internal sealed class SnapshotFolder(string folder)
{
    private const string Manifest = "complete.json";
    private const int Kept = 2;
    private const int ChunkBytes = 1 << 16;

    /// <summary>Most bytes of one part: what is held in a fragment's buffers and states.</summary>
    public const int MostBytes = 1 << 29;

    /// <summary>The last snapshot that is complete; null if none is.</summary>
    /// <exception cref="SnapshotException">Its manifest cannot be read.</exception>
    public SnapshotManifest? Last => Complete.LastOrDefault() is var last and > 0 ? Read(last) : null;

    private IEnumerable<long> Snapshots => Directory.Exists(folder)
        ? Directory.EnumerateDirectories(folder).Select(NumberOf).Where(n => n > 0).Order()
        : [];

    private IEnumerable<long> Complete => Snapshots.Where(n => File.Exists(ManifestPath(n)));

    /// <summary>The oldest snapshot, of those up to a number, that is kept as a complete one; 0 if none is. Later ones may be left of a run that was forgotten.</summary>
    public long KeptFrom(long upTo) => Complete.TakeWhile(n => n <= upTo).FirstOrDefault();

    /// <summary>Stores a part, so that it survives the process.</summary>
    /// <returns>Says so; and the bytes, for whoever keeps a copy.</returns>
    /// <exception cref="SnapshotException">It cannot be stored.</exception>
    public async Task<(SnapshotReceipt Receipt, byte[] Bytes)> WriteAsync(SnapshotPart part, CancellationToken cancellationToken)
    {
        var bytes = PartFormat.Write(part);
        if (bytes.Length > MostBytes)
        {
            throw new SnapshotException($"Worker '{part.Worker}' holds {bytes.Length} bytes; at most {MostBytes} can be stored. Keep less in states, joins and windows.");
        }

        await SnapshotFile.WriteAsync(PartPath(part.Snapshot, part.Worker), file => file.WriteAsync(bytes, cancellationToken).AsTask()).ConfigureAwait(false);
        return (new SnapshotReceipt(part.Snapshot, part.Worker, bytes.Length, PartFormat.ChecksumOf(bytes)), bytes);
    }

    /// <summary>Stores a part that comes from elsewhere. Nothing stays of one that is not what it should be.</summary>
    /// <param name="part">Which, how large, and its checksum.</param>
    /// <param name="read">Gives its bytes; 0 where there are no more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SnapshotException">It cannot be stored, or is damaged.</exception>
    public Task ReceiveAsync(SnapshotReceipt part, Func<Memory<byte>, CancellationToken, ValueTask<int>> read, CancellationToken cancellationToken) =>
        SnapshotFile.WriteAsync(PartPath(part.Snapshot, part.Worker), async file =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var chunk = new byte[ChunkBytes];
            var checksum = new byte[SHA256.HashSizeInBytes];
            for (long at = 0; at < part.Bytes;)
            {
                var count = await read(chunk.AsMemory(0, (int)Math.Min(chunk.Length, part.Bytes - at)), cancellationToken).ConfigureAwait(false);
                if (count == 0)
                {
                    throw new SnapshotException($"Part {part.Worker} of snapshot {part.Snapshot} ends after {at} of {part.Bytes} bytes.");
                }

                await file.WriteAsync(chunk.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                var content = (int)Math.Clamp(part.Bytes - checksum.Length - at, 0, count);
                hash.AppendData(chunk, 0, content);
                chunk.AsSpan(content, count - content).CopyTo(checksum.AsSpan((int)Math.Max(0, at - (part.Bytes - checksum.Length))));
                at += count;
            }

            if (!hash.GetHashAndReset().AsSpan().SequenceEqual(checksum) || PartFormat.ChecksumOf(checksum) != part.Checksum)
            {
                throw new SnapshotException($"Part {part.Worker} of snapshot {part.Snapshot} has arrived damaged: its checksum is not that of its content.");
            }
        });

    /// <summary>Whether a part is here, by its size and checksum.</summary>
    public bool Has(SnapshotReceipt part)
    {
        using var file = Open(part);
        return file is not null;
    }

    /// <summary>Opens a part to be read; null if it is not here.</summary>
    public FileStream? Open(SnapshotReceipt part)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(PartPath(part.Snapshot, part.Worker), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, ChunkBytes, FileOptions.Asynchronous);
            var checksum = new byte[SHA256.HashSizeInBytes];
            if (file.Length == part.Bytes && part.Bytes >= checksum.Length)
            {
                file.Seek(-checksum.Length, SeekOrigin.End);
                file.ReadExactly(checksum);
                file.Seek(0, SeekOrigin.Begin);
                if (PartFormat.ChecksumOf(checksum) == part.Checksum)
                {
                    return file;
                }
            }
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            // Not here, as far as anyone can tell.
        }

        file?.Dispose();
        return null;
    }

    /// <summary>All parts of a snapshot are stored: from now on it is the one to go on from. What is behind the last two goes.</summary>
    /// <exception cref="SnapshotException">That cannot be written.</exception>
    public async Task CompleteAsync(SnapshotManifest manifest, CancellationToken cancellationToken)
    {
        var bytes = ManifestFormat.Write(manifest);
        await SnapshotFile.WriteAsync(ManifestPath(manifest.Snapshot), file => file.WriteAsync(bytes, cancellationToken).AsTask()).ConfigureAwait(false);

        // Of a run that was forgotten: numbers only grow within one.
        foreach (var abandoned in Complete.Where(n => n > manifest.Snapshot && Read(n).Epoch != manifest.Epoch).ToList())
        {
            SnapshotFile.Delete(PathOf(abandoned));
        }

        ForgetBefore(Complete.Where(n => n <= manifest.Snapshot).Reverse().Take(Kept).Last());
    }

    /// <summary>Whether it is known that a snapshot is complete.</summary>
    public bool IsComplete(SnapshotManifest manifest) => File.Exists(ManifestPath(manifest.Snapshot)) && Read(manifest.Snapshot).Epoch == manifest.Epoch;

    /// <summary>The manifest of a snapshot that is complete.</summary>
    /// <exception cref="SnapshotException">There is none, or it is damaged.</exception>
    public SnapshotManifest Read(long snapshot) => ManifestFormat.Read(ManifestPath(snapshot));

    /// <summary>The states of all parts of a snapshot.</summary>
    /// <exception cref="SnapshotException">One is not here, or not what it should be.</exception>
    public async Task<ImmutableArray<StatePiece>> ReadAsync(ImmutableArray<SnapshotReceipt> parts, CancellationToken cancellationToken)
    {
        var pieces = ImmutableArray.CreateBuilder<StatePiece>();
        foreach (var part in parts)
        {
            var path = PartPath(part.Snapshot, part.Worker);
            byte[] bytes;
            try
            {
                bytes = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
            {
                throw new SnapshotException($"A part of snapshot {part.Snapshot} cannot be read: {cause.Message} Begin anew.", cause);
            }

            var read = PartFormat.Read(bytes, path);
            if (PartFormat.ChecksumOf(bytes) != part.Checksum)
            {
                throw new SnapshotException($"'{path}' is not the part that the snapshot was completed with: its checksum is another. Begin anew.");
            }

            pieces.AddRange(read.Pieces);
        }

        return pieces.ToImmutable();
    }

    /// <summary>Forgets what lies before a snapshot.</summary>
    /// <exception cref="SnapshotException">It cannot be removed.</exception>
    public void ForgetBefore(long snapshot)
    {
        foreach (var old in Snapshots.Where(n => n < snapshot).ToList())
        {
            SnapshotFile.Delete(PathOf(old));
        }
    }

    /// <summary>Forgets all snapshots: there is nothing to go on with.</summary>
    /// <exception cref="SnapshotException">They cannot be removed.</exception>
    public void Clear() => ForgetBefore(long.MaxValue);

    private static long NumberOf(string path) => long.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    // Ten digits, so that names sort as numbers do.
    private string PathOf(long snapshot) => Path.Combine(folder, snapshot.ToString("D10", CultureInfo.InvariantCulture));

    private string ManifestPath(long snapshot) => Path.Combine(PathOf(snapshot), Manifest);

    private string PartPath(long snapshot, WorkerId worker) => Path.Combine(PathOf(snapshot), $"{Uri.EscapeDataString(worker.Value)}.part");
}
