using System.Security.Cryptography;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Protocol;
using MessagePack;

namespace JellyBean.Runtime.Snapshots;

/// <summary>A part as a file: MessagePack, then its SHA-256.</summary>
internal static class PartFormat
{
    private const string Magic = "jellybean snapshot part";
    private const int Version = 1;

    public static byte[] Write(SnapshotPart part)
    {
        var content = StateFormat.Write(part, Write);
        return [.. content, .. SHA256.HashData(content)];
    }

    /// <summary>What tells a part from any other.</summary>
    public static ulong ChecksumOf(ReadOnlySpan<byte> file) => BitConverter.ToUInt64(file[^SHA256.HashSizeInBytes..]);

    /// <exception cref="SnapshotException">The file is damaged, or of another version.</exception>
    public static SnapshotPart Read(ReadOnlyMemory<byte> file, string path)
    {
        if (file.Length < SHA256.HashSizeInBytes || !SHA256.HashData(file.Span[..^SHA256.HashSizeInBytes]).AsSpan().SequenceEqual(file.Span[^SHA256.HashSizeInBytes..]))
        {
            throw new SnapshotException($"'{path}' is damaged: its checksum is not that of its content. Go on from an older snapshot, or begin anew.");
        }

        return StateFormat.Read(new StatePiece(path, Version, file[..^SHA256.HashSizeInBytes]), Read);
    }

    private static void Write(ref MessagePackWriter writer, SnapshotPart part)
    {
        writer.WriteArrayHeader(6);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(part.Snapshot);
        writer.Write(part.Epoch);
        writer.Write(part.Worker.Value);
        Wire.WriteMany(ref writer, part.Pieces, static (ref MessagePackWriter w, StatePiece piece) =>
        {
            w.WriteArrayHeader(3);
            w.Write(piece.Owner);
            w.Write(piece.Version);
            w.Write(piece.Bytes.Span);
        });
    }

    private static SnapshotPart Read(ref MessagePackReader reader)
    {
        reader.ReadArrayHeader();
        var (magic, version) = (reader.ReadString(), reader.ReadInt32());
        if (magic != Magic || version != Version)
        {
            throw new InvalidDataException($"it is a '{magic}' of version {version}; expected a '{Magic}' of version {Version}.");
        }

        var (snapshot, epoch, worker) = (reader.ReadInt64(), reader.ReadInt64(), new WorkerId(Wire.ReadText(ref reader)));
        return new SnapshotPart(snapshot, epoch, worker, Wire.ReadMany(ref reader, ReadPiece));
    }

    private static StatePiece ReadPiece(ref MessagePackReader reader)
    {
        reader.ReadArrayHeader();
        var (owner, version) = (Wire.ReadText(ref reader), reader.ReadInt32());
        return new StatePiece(owner, version, reader.ReadBytes() is { } bytes ? System.Buffers.BuffersExtensions.ToArray(bytes) : ReadOnlyMemory<byte>.Empty);
    }
}
