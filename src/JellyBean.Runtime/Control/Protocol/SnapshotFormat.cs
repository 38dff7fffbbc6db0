using System.Collections.Immutable;
using System.Runtime.Serialization;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Snapshots;
using MessagePack;

namespace JellyBean.Runtime.Control.Protocol;

/// <summary>How messages about snapshots are written.</summary>
internal static class SnapshotFormat
{
    public static void Write(ref MessagePackWriter writer, ImmutableArray<SnapshotReceipt> parts) => Wire.WriteMany(ref writer, parts, static (ref MessagePackWriter w, SnapshotReceipt part) =>
    {
        w.WriteArrayHeader(5);
        w.Write(part.Snapshot);
        w.Write(part.Worker.Value);
        w.Write(part.Bytes);
        w.Write(part.Checksum);
        w.Write(part.Copy?.Value);
    });

    public static ImmutableArray<SnapshotReceipt> ReadParts(ref MessagePackReader reader) => Wire.ReadMany(ref reader, static (ref MessagePackReader r) =>
    {
        var unknown = Wire.Begin(ref r, 5);
        var part = new SnapshotReceipt(r.ReadInt64(), new WorkerId(Wire.ReadText(ref r)), r.ReadInt64(), r.ReadUInt64()) { Copy = ReadWorker(ref r) };
        Wire.End(ref r, unknown);
        return part;
    });

    public static void Write(ref MessagePackWriter writer, object message)
    {
        switch (message)
        {
            case TakeSnapshot m:
                WritePair(ref writer, m.Epoch, m.Snapshot);
                break;
            case CommitSnapshot m:
                writer.WriteArrayHeader(3);
                writer.Write(m.Epoch);
                writer.Write(m.Snapshot);
                Write(ref writer, m.Parts);
                break;
            case SnapshotCommitted m:
                WritePair(ref writer, m.Epoch, m.Snapshot);
                break;
            case SnapshotStored m:
                writer.WriteArrayHeader(5);
                writer.Write(m.Epoch);
                writer.Write(m.Snapshot);
                writer.Write(m.Bytes);
                writer.Write(m.Checksum);
                writer.Write(m.Copy?.Value);
                break;
            case SnapshotFailed m:
                writer.WriteArrayHeader(3);
                writer.Write(m.Epoch);
                writer.Write(m.Snapshot);
                writer.Write(m.Reason);
                break;
            default:
                throw new SerializationException($"{message.GetType()} is not about snapshots.");
        }
    }

    public static TakeSnapshot ReadTake(byte[] bytes)
    {
        var (epoch, snapshot) = Wire.Read(bytes, ReadPair);
        return new TakeSnapshot(epoch, snapshot);
    }

    public static CommitSnapshot ReadCommit(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 3);
        var commit = new CommitSnapshot(reader.ReadInt64(), reader.ReadInt64(), ReadParts(ref reader));
        Wire.End(ref reader, unknown);
        return commit;
    }

    public static SnapshotCommitted ReadCommitted(byte[] bytes)
    {
        var (epoch, snapshot) = Wire.Read(bytes, ReadPair);
        return new SnapshotCommitted(epoch, snapshot);
    }

    public static SnapshotStored ReadStored(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 5);
        var stored = new SnapshotStored(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadUInt64(), ReadWorker(ref reader));
        Wire.End(ref reader, unknown);
        return stored;
    }

    public static SnapshotFailed ReadFailed(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 3);
        var failed = new SnapshotFailed(reader.ReadInt64(), reader.ReadInt64(), Wire.ReadText(ref reader));
        Wire.End(ref reader, unknown);
        return failed;
    }

    private static WorkerId? ReadWorker(ref MessagePackReader reader) => reader.ReadString() is { } worker ? new WorkerId(worker) : null;

    private static void WritePair(ref MessagePackWriter writer, long epoch, long snapshot)
    {
        writer.WriteArrayHeader(2);
        writer.Write(epoch);
        writer.Write(snapshot);
    }

    private static (long Epoch, long Snapshot) ReadPair(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 2);
        var pair = (reader.ReadInt64(), reader.ReadInt64());
        Wire.End(ref reader, unknown);
        return pair;
    }
}
