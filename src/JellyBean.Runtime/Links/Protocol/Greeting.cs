using System.Buffers;
using System.Buffers.Binary;
using MessagePack;

namespace JellyBean.Runtime.Links.Protocol;

/// <summary>Greetings on the wire: magic, version and length, which never change their place, then a body that belongs to the version.</summary>
/// <remarks>Bytes are untrusted: bounded before anything is allocated. Everything that is wrong with them is an <see cref="InvalidDataException"/>.</remarks>
internal static class Greeting
{
    private const int HeadBytes = 8;

    public delegate void WriteBody(ref MessagePackWriter writer);

    public delegate T ReadBody<out T>(ref MessagePackReader reader);

    public static byte[] Write(Hello hello) => Write(LinkProtocol.Magic, hello.Write);

    public static byte[] Write(Reply reply) => Write(LinkProtocol.Magic, reply.Write);

    /// <exception cref="VersionException">The other end speaks another version.</exception>
    public static ValueTask<Hello> ReadHelloAsync(Stream stream, CancellationToken cancellationToken) => ReadAsync(stream, Hello.Read, cancellationToken);

    /// <inheritdoc cref="ReadHelloAsync" />
    public static ValueTask<Reply> ReadReplyAsync(Stream stream, CancellationToken cancellationToken) => ReadAsync(stream, Reply.Read, cancellationToken);

    public static void ReadArray(ref MessagePackReader reader, int fields)
    {
        if (reader.ReadArrayHeader() is var found && found != fields)
        {
            throw new InvalidDataException($"A greeting has {found} fields; expected {fields}.");
        }
    }

    public static string ReadText(ref MessagePackReader reader) =>
        reader.ReadString() ?? throw new InvalidDataException("A greeting lacks a text.");

    public static Guid ReadGuid(ref MessagePackReader reader) => reader.ReadBytes() is { Length: 16 } bytes
        ? new Guid(bytes.ToArray())
        : throw new InvalidDataException("A greeting lacks the name of a session.");

    /// <summary>A greeting of whatever conversation.</summary>
    /// <exception cref="LinkException">It is too large.</exception>
    public static byte[] Write(ReadOnlySpan<byte> magic, WriteBody write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        var writer = new MessagePackWriter(buffer);
        write(ref writer);
        writer.Flush();
        if (buffer.WrittenCount > LinkProtocol.MostGreetingBytes)
        {
            throw new LinkException($"A greeting takes {buffer.WrittenCount} bytes; at most {LinkProtocol.MostGreetingBytes} are allowed. Give operators and workers shorter names.");
        }

        var bytes = new byte[HeadBytes + buffer.WrittenCount];
        magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), LinkProtocol.Version);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), (ushort)buffer.WrittenCount);
        buffer.WrittenSpan.CopyTo(bytes.AsSpan(HeadBytes));
        return bytes;
    }

    /// <summary>Reads whatever comes first on a connection, if it is one of the conversations that are spoken here.</summary>
    /// <returns>Where it stands among <paramref name="magics"/>, and its body.</returns>
    /// <exception cref="VersionException">The other end speaks another version.</exception>
    public static async ValueTask<(int Magic, byte[] Body)> ReadAnyAsync(Stream stream, byte[][] magics, CancellationToken cancellationToken)
    {
        var head = new byte[HeadBytes];
        await stream.ReadExactlyAsync(head, cancellationToken).ConfigureAwait(false);
        var magic = Array.FindIndex(magics, m => head.AsSpan().StartsWith(m));
        if (magic < 0)
        {
            throw new InvalidDataException("The other end does not speak the link protocol.");
        }

        var version = BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(4));
        if (version != LinkProtocol.Version)
        {
            throw new VersionException(version);
        }

        var length = BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(6));
        if (length > LinkProtocol.MostGreetingBytes)
        {
            throw new InvalidDataException($"A greeting claims {length} bytes; at most {LinkProtocol.MostGreetingBytes} are allowed.");
        }

        var body = new byte[length];
        await stream.ReadExactlyAsync(body, cancellationToken).ConfigureAwait(false);
        return (magic, body);
    }

    /// <summary>Reads a greeting of one conversation.</summary>
    /// <inheritdoc cref="ReadAnyAsync" path="/exception" />
    public static async ValueTask<T> ReadAsync<T>(Stream stream, byte[] magic, ReadBody<T> read, CancellationToken cancellationToken) =>
        Parse((await ReadAnyAsync(stream, [magic], cancellationToken).ConfigureAwait(false)).Body, read);

    private static ValueTask<T> ReadAsync<T>(Stream stream, ReadBody<T> read, CancellationToken cancellationToken) => ReadAsync(stream, LinkProtocol.Magic.ToArray(), read, cancellationToken);

    /// <exception cref="InvalidDataException">The bytes are no such greeting.</exception>
    public static T Parse<T>(byte[] body, ReadBody<T> read)
    {
        try
        {
            var reader = new MessagePackReader(body);
            var greeting = read(ref reader);
            return reader.End ? greeting : throw new InvalidDataException("A greeting is followed by bytes that do not belong to it.");
        }
        catch (Exception cause) when (cause is MessagePackSerializationException or EndOfStreamException or OverflowException or ArgumentException)
        {
            throw new InvalidDataException($"The bytes are no greeting: {cause.Message}", cause);
        }
    }
}

/// <summary>The other end speaks another version of the link protocol.</summary>
internal sealed class VersionException(ushort found)
    : Exception($"The other end speaks version {found} of the link protocol; this one speaks {LinkProtocol.Version}. Run the same program on both nodes.");
