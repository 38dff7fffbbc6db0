using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.Serialization;
using MessagePack;

namespace JellyBean.Runtime.Control.Protocol;

internal delegate T ReadValue<out T>(ref MessagePackReader reader);

internal delegate void WriteValue<in T>(ref MessagePackWriter writer, T value);

/// <summary>Records as MessagePack arrays: a field's place is its key. Readers skip fields they do not know and refuse records that lack some.</summary>
/// <remarks>Bytes are untrusted: lengths are checked against what is there before anything is allocated, and every error is a <see cref="SerializationException"/>.</remarks>
internal static class Wire
{
    private static readonly MessagePackSecurity Security = MessagePackSecurity.UntrustedData;

    public static byte[] Write<T>(T value, WriteValue<T> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        var writer = new MessagePackWriter(buffer);
        write(ref writer, value);
        writer.Flush();
        return buffer.WrittenCount <= ControlProtocol.MaxBytes
            ? buffer.WrittenSpan.ToArray()
            : throw new SerializationException($"A {typeof(T).Name} of {buffer.WrittenCount} bytes is too large for a control message; at most {ControlProtocol.MaxBytes} are allowed.");
    }

    public static T Read<T>(ReadOnlyMemory<byte> bytes, ReadValue<T> read)
    {
        if (bytes.Length > ControlProtocol.MaxBytes)
        {
            throw new SerializationException($"A {typeof(T).Name} of {bytes.Length} bytes is too large for a control message; at most {ControlProtocol.MaxBytes} are allowed.");
        }

        try
        {
            var reader = new MessagePackReader(bytes);
            var value = read(ref reader);
            return reader.End ? value : throw new SerializationException($"A {typeof(T).Name} is followed by bytes that do not belong to it.");
        }
        catch (Exception cause) when (cause is MessagePackSerializationException or EndOfStreamException or OverflowException or ArgumentException)
        {
            throw new SerializationException($"The bytes are not a {typeof(T).Name}: {cause.Message}", cause);
        }
    }

    /// <summary>Opens a record.</summary>
    /// <returns>How many fields follow those known here.</returns>
    public static int Begin(ref MessagePackReader reader, int fields)
    {
        Security.DepthStep(ref reader);
        var count = reader.ReadArrayHeader();
        return count >= fields ? count - fields : throw new SerializationException($"A record has {count} fields; expected at least {fields}.");
    }

    /// <summary>Closes a record that <see cref="Begin"/> opened.</summary>
    public static void End(ref MessagePackReader reader, int unknown)
    {
        for (; unknown > 0; unknown--)
        {
            reader.Skip();
        }

        reader.Depth--;
    }

    public static void WriteText(ref MessagePackWriter writer, string text) => writer.Write(text);

    public static string ReadText(ref MessagePackReader reader) =>
        reader.ReadString() ?? throw new SerializationException("A text is missing where one is required.");

    public static void WriteOrNull(ref MessagePackWriter writer, long? value)
    {
        if (value is { } number)
        {
            writer.Write(number);
        }
        else
        {
            writer.WriteNil();
        }
    }

    public static long? ReadIntegerOrNull(ref MessagePackReader reader) => reader.TryReadNil() ? null : reader.ReadInt64();

    public static void WriteOrNull(ref MessagePackWriter writer, double? value)
    {
        if (value is { } number)
        {
            writer.Write(number);
        }
        else
        {
            writer.WriteNil();
        }
    }

    public static double? ReadNumberOrNull(ref MessagePackReader reader) => reader.TryReadNil() ? null : reader.ReadDouble();

    public static void WriteOrNull<T>(ref MessagePackWriter writer, T? value, WriteValue<T> write)
        where T : class
    {
        if (value is not null)
        {
            write(ref writer, value);
        }
        else
        {
            writer.WriteNil();
        }
    }

    public static T? ReadOrNull<T>(ref MessagePackReader reader, ReadValue<T> read)
        where T : class => reader.TryReadNil() ? null : read(ref reader);

    public static void WriteMany<T>(ref MessagePackWriter writer, ImmutableArray<T> values, WriteValue<T> write)
    {
        writer.WriteArrayHeader(values.Length);
        foreach (var value in values)
        {
            write(ref writer, value);
        }
    }

    public static ImmutableArray<T> ReadMany<T>(ref MessagePackReader reader, ReadValue<T> read)
    {
        var count = reader.ReadArrayHeader();
        var values = ImmutableArray.CreateBuilder<T>(count);
        for (var i = 0; i < count; i++)
        {
            values.Add(read(ref reader));
        }

        return values.MoveToImmutable();
    }
}
