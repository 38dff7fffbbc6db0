using System.Buffers;
using System.Diagnostics;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Envelope;
using MessagePack;

namespace JellyBean.Runtime.Snapshots;

/// <summary>How stages write what they hold: MessagePack arrays, a field's place is its key.</summary>
internal static class StateFormat
{
    /// <summary>Of the forms that the engine's own stages write; raise it when one changes.</summary>
    public const int Version = 2;

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

    /// <param name="writer">Takes it.</param>
    /// <param name="element">What waits.</param>
    /// <param name="type">What its flow carries.</param>
    /// <param name="slot">Whose it is.</param>
    public static void Write(ref MessagePackWriter writer, Element element, Type type, StateSlot slot)
    {
        LineageFormat.Write(ref writer, element.Lineage);
        writer.Write(element.EventTicks);
        writer.Write(element.EffectiveTicks);
        writer.Write(element.Parts);
        writer.Write(slot.Codecs.Encode(type, element.Value));
    }

    /// <summary>Reads an element; it counts as admitted now, under the plan in force.</summary>
    public static Element Read(ref MessagePackReader reader, Type type, StateSlot slot)
    {
        var lineage = LineageFormat.Read(ref reader, slot.Names);
        var (eventTicks, effectiveTicks, parts) = (reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt32());
        var value = slot.Codecs.Decode(type, reader.ReadBytes() is { } bytes ? bytes.ToArray() : ReadOnlyMemory<byte>.Empty);
        return new Element(lineage, eventTicks, value, Stopwatch.GetTimestamp(), slot.Epoch) { EffectiveTicks = effectiveTicks, Parts = parts };
    }
}
