using System.Buffers.Binary;

namespace JellyBean.Vision.Recordings;

/// <summary>What is remembered of a frame that was given, so that it is the same when it is read again.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Shown">Its presentation time in the camera's stream: by it, it is found there.</param>
/// <param name="Taken">When it was taken.</param>
/// <param name="Arrived">When it came: the part of the stream that it is in was written until then.</param>
internal readonly record struct RecordedFrame(long Number, TimeSpan Shown, DateTimeOffset Taken, DateTimeOffset Arrived)
{
    /// <summary>Bytes that one takes.</summary>
    public const int Length = 4 * sizeof(long);

    public static RecordedFrame Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt64LittleEndian(bytes),
        new TimeSpan(BinaryPrimitives.ReadInt64LittleEndian(bytes[8..])),
        TimeOf(BinaryPrimitives.ReadInt64LittleEndian(bytes[16..])),
        TimeOf(BinaryPrimitives.ReadInt64LittleEndian(bytes[24..])));

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Number);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], Shown.Ticks);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], Taken.UtcTicks);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], Arrived.UtcTicks);
    }

    // Whatever stands in a file: what is no time is none that a segment has.
    private static DateTimeOffset TimeOf(long ticks) => new(Math.Clamp(ticks, 0, DateTimeOffset.MaxValue.UtcTicks), TimeSpan.Zero);
}
