using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Protocol;
using MessagePack;

namespace JellyBean.Runtime.Control.Journals;

/// <summary>How the journal's messages are written, and what a replica saves.</summary>
internal static class JournalFormat
{
    public static void Write(ref MessagePackWriter writer, Prepare value)
    {
        writer.WriteArrayHeader(2);
        writer.Write(value.Term);
        writer.Write(value.Candidate);
    }

    public static Prepare ReadPrepare(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 2);
        var value = new Prepare(reader.ReadInt64(), Wire.ReadText(ref reader));
        Wire.End(ref reader, unknown);
        return value;
    }

    public static void Write(ref MessagePackWriter writer, Promise value)
    {
        writer.WriteArrayHeader(4);
        writer.Write(value.Replica.Value);
        writer.Write(value.Candidate);
        writer.Write(value.Term);
        Write(ref writer, value.Entry);
    }

    public static Promise ReadPromise(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 4);
        var value = new Promise(new WorkerId(Wire.ReadText(ref reader)), Wire.ReadText(ref reader), reader.ReadInt64(), ReadEntry(ref reader));
        Wire.End(ref reader, unknown);
        return value;
    }

    public static void Write(ref MessagePackWriter writer, Accept value)
    {
        writer.WriteArrayHeader(2);
        writer.Write(value.Candidate);
        Write(ref writer, value.Entry);
    }

    public static Accept ReadAccept(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 2);
        var value = new Accept(Wire.ReadText(ref reader), ReadEntry(ref reader));
        Wire.End(ref reader, unknown);
        return value;
    }

    public static void Write(ref MessagePackWriter writer, Accepted value)
    {
        writer.WriteArrayHeader(4);
        writer.Write(value.Replica.Value);
        writer.Write(value.Candidate);
        writer.Write(value.Term);
        writer.Write(value.Index);
    }

    public static Accepted ReadAccepted(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 4);
        var value = new Accepted(new WorkerId(Wire.ReadText(ref reader)), Wire.ReadText(ref reader), reader.ReadInt64(), reader.ReadInt64());
        Wire.End(ref reader, unknown);
        return value;
    }

    public static void Write(ref MessagePackWriter writer, Overruled value)
    {
        writer.WriteArrayHeader(3);
        writer.Write(value.Replica.Value);
        writer.Write(value.Term);
        writer.Write(value.Promised);
    }

    public static Overruled ReadOverruled(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 3);
        var value = new Overruled(new WorkerId(Wire.ReadText(ref reader)), reader.ReadInt64(), reader.ReadInt64());
        Wire.End(ref reader, unknown);
        return value;
    }

    public static byte[] ToBytes(Replica replica) => Wire.Write(replica, static (ref MessagePackWriter writer, Replica value) =>
    {
        writer.WriteArrayHeader(3);
        writer.Write(value.Promised);
        writer.Write(value.Candidate);
        Write(ref writer, value.Entry);
    });

    public static Replica FromBytes(byte[] bytes) => Wire.Read(bytes, static (ref MessagePackReader reader) =>
    {
        var unknown = Wire.Begin(ref reader, 3);
        var value = new Replica(reader.ReadInt64(), Wire.ReadText(ref reader), ReadEntry(ref reader));
        Wire.End(ref reader, unknown);
        return value;
    });

    private static void Write(ref MessagePackWriter writer, JournalEntry value)
    {
        writer.WriteArrayHeader(3);
        writer.Write(value.Term);
        writer.Write(value.Index);
        writer.Write(value.Value.Span);
    }

    private static JournalEntry ReadEntry(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 3);
        var term = reader.ReadInt64();
        var index = reader.ReadInt64();
        var value = reader.ReadBytes() is { } bytes ? System.Buffers.BuffersExtensions.ToArray(bytes) : [];
        Wire.End(ref reader, unknown);
        return new JournalEntry(term, index, value);
    }
}
