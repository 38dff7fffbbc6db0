using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Snapshots;

/// <summary>Snapshots as files: a folder for each, with a part for each worker and, once it is complete, a manifest. Keeps the last two that are complete.</summary>
/// <remarks>A file comes into being by a rename, once its bytes are on the disk. Any number of instances may share a folder: nodes write different files.</remarks>
internal sealed class SnapshotFolder(string folder) : ISnapshotStore
{
    private const string Manifest = "complete.json";
    private const int Kept = 2;

    // Of one part: what is held in a fragment's buffers and states.
    private const int MostBytes = 1 << 29;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>The last snapshot that is complete; null if none is.</summary>
    /// <exception cref="SnapshotException">Its manifest cannot be read.</exception>
    public SnapshotManifest? Last => Complete.LastOrDefault() is { } path ? ReadManifest(path) : null;

    private IEnumerable<string> Snapshots =>
        Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Where(d => long.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out _)).Order(StringComparer.Ordinal) : [];

    private IEnumerable<string> Complete => Snapshots.Where(d => File.Exists(Path.Combine(d, Manifest)));

    /// <inheritdoc />
    public async Task<SnapshotReceipt> WriteAsync(SnapshotPart part, CancellationToken cancellationToken)
    {
        var bytes = PartFormat.Write(part);
        if (bytes.Length > MostBytes)
        {
            throw new SnapshotException($"Worker '{part.Worker}' holds {bytes.Length} bytes; at most {MostBytes} can be stored. Keep less in states, joins and windows.");
        }

        await WriteAsync(PartPath(part.Snapshot, part.Worker), bytes, cancellationToken).ConfigureAwait(false);
        return new SnapshotReceipt(part.Snapshot, part.Worker, bytes.Length, PartFormat.ChecksumOf(bytes));
    }

    /// <summary>All parts of a snapshot are stored: from now on it is the one to go on from.</summary>
    /// <exception cref="SnapshotException">That cannot be written.</exception>
    public async Task CompleteAsync(SnapshotManifest manifest, CancellationToken cancellationToken)
    {
        var written = new ManifestFile(
            manifest.Snapshot, manifest.Epoch, manifest.Workflow, manifest.Fingerprint, manifest.TakenAt,
            [.. manifest.Sources.Select(s => s.Value)],
            [.. manifest.Parts.Select(p => new PartLine(p.Worker.Value, p.Bytes, p.Checksum.ToString("x16", CultureInfo.InvariantCulture)))]);
        await WriteAsync(Path.Combine(PathOf(manifest.Snapshot), Manifest), JsonSerializer.SerializeToUtf8Bytes(written, Json), cancellationToken).ConfigureAwait(false);
        foreach (var old in Snapshots.Where(d => string.CompareOrdinal(d, Complete.Reverse().Take(Kept).Last()) < 0).ToList())
        {
            Delete(old);
        }
    }

    /// <inheritdoc />
    public async Task<ImmutableArray<StatePiece>> ReadAsync(long snapshot, CancellationToken cancellationToken)
    {
        var manifest = ReadManifest(PathOf(snapshot));
        var pieces = ImmutableArray.CreateBuilder<StatePiece>();
        foreach (var part in manifest.Parts)
        {
            var path = PartPath(snapshot, part.Worker);
            byte[] bytes;
            try
            {
                bytes = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
            {
                throw new SnapshotException($"A part of snapshot {snapshot} cannot be read: {cause.Message} Begin anew.", cause);
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

    /// <summary>Forgets what was begun behind a snapshot and did not become complete.</summary>
    public void ForgetAfter(long snapshot)
    {
        foreach (var later in Snapshots.Where(d => string.CompareOrdinal(d, PathOf(snapshot)) > 0).ToList())
        {
            Delete(later);
        }
    }

    /// <summary>Forgets all snapshots: there is nothing to go on with.</summary>
    public void Clear() => ForgetAfter(-1);

    private static SnapshotManifest ReadManifest(string path)
    {
        try
        {
            var read = JsonSerializer.Deserialize<ManifestFile>(File.ReadAllBytes(Path.Combine(path, Manifest)), Json)!;
            return new SnapshotManifest
            {
                Snapshot = read.Snapshot,
                Epoch = read.Epoch,
                Workflow = read.Workflow,
                Fingerprint = read.Fingerprint,
                TakenAt = read.TakenAt,
                Sources = [.. read.Sources.Select(s => new SourceId(s))],
                Parts = [.. read.Parts.Select(p => new SnapshotReceipt(read.Snapshot, new WorkerId(p.Worker), p.Bytes, ulong.Parse(p.Checksum, NumberStyles.HexNumber, CultureInfo.InvariantCulture)))],
            };
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or JsonException or FormatException or NullReferenceException or ArgumentException)
        {
            throw new SnapshotException($"The snapshot in '{path}' cannot be read: {cause.Message} Begin anew.", cause);
        }
    }

    private static async Task WriteAsync(string path, byte[] bytes, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var begun = path + ".begun";
            await using (var file = new FileStream(begun, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous))
            {
                await file.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }

            File.Move(begun, path, overwrite: true);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new SnapshotException($"'{path}' cannot be written: {cause.Message}", cause);
        }
    }

    private static void Delete(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new SnapshotException($"'{path}' cannot be removed: {cause.Message}", cause);
        }
    }

    // Ten digits, so that names sort as numbers do.
    private string PathOf(long snapshot) => Path.Combine(folder, snapshot < 0 ? "" : snapshot.ToString("D10", CultureInfo.InvariantCulture));

    private string PartPath(long snapshot, WorkerId worker) => Path.Combine(PathOf(snapshot), $"{Uri.EscapeDataString(worker.Value)}.part");

    private sealed record ManifestFile(
        long Snapshot, long Epoch, string Workflow, string Fingerprint, DateTimeOffset TakenAt, string[] Sources, PartLine[] Parts);

    private sealed record PartLine(string Worker, long Bytes, string Checksum);
}
