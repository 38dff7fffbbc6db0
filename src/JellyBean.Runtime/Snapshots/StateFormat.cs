using System.Buffers;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Envelope;
using JellyBean.Workflows;
using JellyBean.Workflows.Elements;
using MessagePack;

namespace JellyBean.Runtime.Snapshots;

/// <summary>How stages write what they hold: MessagePack arrays, a field's place is its key.</summary>
internal static class StateFormat
{
    /// <summary>Of the forms that the engine's own stages write; raise it when one changes.</summary>
    public const int Version = 1;

    public static byte[] Write<T>(T value, WriteValue<T> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        write(ref writer, value);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="SnapshotException">The bytes are of another form.</exception>
    public static T Read<T>(StatePiece piece, ReadValue<T> read)
    {
        try
        {
            var reader = new MessagePackReader(piece.Bytes);
            return read(ref reader);
        }
        catch (Exception cause) when (cause is MessagePackSerializationException or EndOfStreamException or OverflowException or ArgumentException or InvalidDataException)
        {
            throw new SnapshotException($"The state of '{piece.Owner}' in the snapshot cannot be read: {cause.Message}", cause);
        }
    }

    public static void Write(ref MessagePackWriter writer, Element element, Type type, IValueCodec codec)
    {
        writer.WriteArrayHeader(5);
        Write(ref writer, element.Lineage);
        writer.Write(element.EventTicks);
        writer.Write(element.EffectiveTicks);
        writer.Write(element.Parts);
        writer.Write(codec.Encode(type, element.Value));
    }

    /// <param name="reader">Stands at an element.</param>
    /// <param name="type">What its flow carries.</param>
    /// <param name="codec">Reads its value.</param>
    /// <param name="epoch">It counts as admitted now, under this plan.</param>
    public static Element Read(ref MessagePackReader reader, Type type, IValueCodec codec, long epoch)
    {
        reader.ReadArrayHeader();
        var lineage = ReadLineage(ref reader);
        var (eventTicks, effectiveTicks, parts) = (reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt32());
        var value = codec.Decode(type, reader.ReadBytes() is { } bytes ? bytes.ToArray() : ReadOnlyMemory<byte>.Empty);
        return new Element(lineage, eventTicks, value, System.Diagnostics.Stopwatch.GetTimestamp(), epoch) { EffectiveTicks = effectiveTicks, Parts = parts };
    }

    public static void Write(ref MessagePackWriter writer, Lineage lineage)
    {
        writer.WriteArrayHeader(6);
        writer.Write(lineage.Source.Value);
        writer.Write(lineage.Number);
        writer.WriteArrayHeader(lineage.Path.Length);
        foreach (var index in lineage.Path)
        {
            writer.Write(index);
        }

        writer.WriteArrayHeader(lineage.Contributors.Length);
        foreach (var contributor in lineage.Contributors)
        {
            Write(ref writer, contributor);
        }

        writer.Write(lineage.Ordinal);
        writer.Write(lineage.IdentityFrom);
    }

    private static Lineage ReadLineage(ref MessagePackReader reader)
    {
        reader.ReadArrayHeader();
        var source = new SourceId(Wire.ReadText(ref reader));
        var number = reader.ReadInt64();
        var path = Wire.ReadMany(ref reader, static (ref MessagePackReader r) => r.ReadInt32());
        var contributors = Wire.ReadMany(ref reader, ReadLineage);
        return Lineage.Restore(source, number, path, contributors, reader.ReadInt32(), reader.ReadInt32());
    }
}
