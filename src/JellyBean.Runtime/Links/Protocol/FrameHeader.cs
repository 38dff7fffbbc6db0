using System.Buffers.Binary;

namespace JellyBean.Runtime.Links.Protocol;

/// <summary>What precedes every frame: length of the body, kind, three zeros, number; little-endian.</summary>
/// <param name="Kind">What the frame is.</param>
/// <param name="Length">Bytes of the body.</param>
/// <param name="Sequence">Its number, from 1; 0 where frames of the kind are not numbered.</param>
internal readonly record struct FrameHeader(FrameKind Kind, int Length, long Sequence)
{
    public const int Bytes = 16;

    public static bool IsNumbered(FrameKind kind) => kind is FrameKind.Element or FrameKind.Signal or FrameKind.Completed or FrameKind.Failed;

    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target, Length);
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], (byte)Kind);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], Sequence);
    }

    /// <summary>Reads a header; its numbers are checked against what is allowed at all.</summary>
    /// <param name="source">At least <see cref="Bytes"/>.</param>
    /// <param name="mostElementBytes">Most bytes of an element's body.</param>
    /// <exception cref="InvalidDataException">The bytes are no header.</exception>
    public static FrameHeader Read(ReadOnlySpan<byte> source, int mostElementBytes)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(source);
        var kind = BinaryPrimitives.ReadInt32LittleEndian(source[4..]);
        var sequence = BinaryPrimitives.ReadInt64LittleEndian(source[8..]);
        if (kind is < (int)FrameKind.Element or > (int)FrameKind.Cancelled)
        {
            throw new InvalidDataException($"There is no frame of kind {kind}.");
        }

        var header = new FrameHeader((FrameKind)kind, length, sequence);
        var most = header.Kind switch
        {
            FrameKind.Element => mostElementBytes,
            FrameKind.Signal or FrameKind.Failed or FrameKind.Cancelled => LinkProtocol.MostSignalBytes,
            FrameKind.Ack => AckBody.Bytes,
            FrameKind.Ping or FrameKind.Pong => ClockBody.Bytes,
            _ => 0,
        };
        if (length < 0 || length > most)
        {
            throw new InvalidDataException($"A frame of kind {header.Kind} claims {length} bytes; at most {most} are allowed.");
        }

        return IsNumbered(header.Kind) == sequence > 0
            ? header
            : throw new InvalidDataException($"A frame of kind {header.Kind} has the number {sequence}.");
    }
}

/// <summary>Body of <see cref="FrameKind.Ack"/>.</summary>
/// <param name="Received">Everything up to this number has been received.</param>
/// <param name="Granted">How much all elements together, from the link's beginning, may cost.</param>
internal readonly record struct AckBody(long Received, long Granted)
{
    public const int Bytes = 16;

    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteInt64LittleEndian(target, Received);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], Granted);
    }

    /// <exception cref="InvalidDataException">The bytes are no such body.</exception>
    public static AckBody Read(ReadOnlySpan<byte> source) => source.Length == Bytes
        ? new AckBody(BinaryPrimitives.ReadInt64LittleEndian(source), BinaryPrimitives.ReadInt64LittleEndian(source[8..]))
        : throw new InvalidDataException($"An acknowledgement has {source.Length} bytes; expected {Bytes}.");
}

/// <summary>Body of <see cref="FrameKind.Ping"/> and <see cref="FrameKind.Pong"/>.</summary>
/// <param name="Asked">The receiver's clock when it asked, nanoseconds.</param>
/// <param name="Told">In a ping, the last round trip, nanoseconds, 0 before the first; in a pong, the sender's clock, nanoseconds.</param>
internal readonly record struct ClockBody(long Asked, long Told)
{
    public const int Bytes = 16;

    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteInt64LittleEndian(target, Asked);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], Told);
    }

    /// <inheritdoc cref="AckBody.Read" />
    public static ClockBody Read(ReadOnlySpan<byte> source) => source.Length == Bytes
        ? new ClockBody(BinaryPrimitives.ReadInt64LittleEndian(source), BinaryPrimitives.ReadInt64LittleEndian(source[8..]))
        : throw new InvalidDataException($"A heartbeat has {source.Length} bytes; expected {Bytes}.");
}
