using System.Globalization;
using System.Text.Json;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Snapshots;

/// <summary>A manifest as a JSON file, which people may want to read.</summary>
internal static class ManifestFormat
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    public static byte[] Write(SnapshotManifest manifest) => JsonSerializer.SerializeToUtf8Bytes(
        new ManifestFile(
            manifest.Snapshot, manifest.Epoch, manifest.Workflow, manifest.Fingerprint, manifest.TakenAt,
            [.. manifest.Sources.Select(s => s.Value)],
            [.. manifest.Parts.Select(p => new PartLine(p.Worker.Value, p.Bytes, p.Checksum.ToString("x16", CultureInfo.InvariantCulture), p.Copy?.Value))]),
        Json);

    /// <exception cref="SnapshotException">The file is missing or damaged.</exception>
    public static SnapshotManifest Read(string path)
    {
        try
        {
            var read = JsonSerializer.Deserialize<ManifestFile>(File.ReadAllBytes(path), Json)!;
            return new SnapshotManifest
            {
                Snapshot = read.Snapshot,
                Epoch = read.Epoch,
                Workflow = read.Workflow,
                Fingerprint = read.Fingerprint,
                TakenAt = read.TakenAt,
                Sources = [.. read.Sources.Select(s => new SourceId(s))],
                Parts = [.. read.Parts.Select(p => new SnapshotReceipt(read.Snapshot, new WorkerId(p.Worker), p.Bytes, ulong.Parse(p.Checksum, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
                {
                    Copy = p.Copy is { } copy ? new WorkerId(copy) : null,
                })],
            };
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or JsonException or FormatException or NullReferenceException or ArgumentException)
        {
            throw new SnapshotException($"The snapshot of which '{path}' tells cannot be read: {cause.Message} Begin anew.", cause);
        }
    }

    private sealed record ManifestFile(
        long Snapshot, long Epoch, string Workflow, string Fingerprint, DateTimeOffset TakenAt, string[] Sources, PartLine[] Parts);

    private sealed record PartLine(string Worker, long Bytes, string Checksum, string? Copy = null);
}
