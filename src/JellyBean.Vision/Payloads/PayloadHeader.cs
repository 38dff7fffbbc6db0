using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace JellyBean.Vision.Payloads;

/// <summary>What stands before the JPEG: kind and version, number, time in UTC ticks and offset, the camera's name.</summary>
internal static class PayloadHeader
{
    public const byte Frame = 0xF2;
    public const byte Crop = 0xC1;

    private const int FixedBytes = 1 + sizeof(long) + sizeof(long) + sizeof(short) + sizeof(ushort);
    private const int LongestName = 1024;

    // A name that is not text is an error, not a question mark.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static int SizeOf(string camera) => FixedBytes + Utf8.GetByteCount(camera);

    public static void Write(IBufferWriter<byte> writer, byte kind, string camera, long number, DateTimeOffset at)
    {
        var name = Utf8.GetByteCount(camera);
        if (name > LongestName)
        {
            throw new InvalidOperationException($"The camera's name takes {name} bytes; allowed: {LongestName}.");
        }

        var span = writer.GetSpan(FixedBytes + name);
        span[0] = kind;
        BinaryPrimitives.WriteInt64LittleEndian(span[1..], number);
        BinaryPrimitives.WriteInt64LittleEndian(span[9..], at.Ticks);
        BinaryPrimitives.WriteInt16LittleEndian(span[17..], (short)at.TotalOffsetMinutes);
        BinaryPrimitives.WriteUInt16LittleEndian(span[19..], (ushort)name);
        Utf8.GetBytes(camera, span[FixedBytes..]);
        writer.Advance(FixedBytes + name);
    }

    /// <returns>What follows the header.</returns>
    public static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> bytes, byte kind, out string camera, out long number, out DateTimeOffset at)
    {
        if (bytes.Length < FixedBytes || bytes[0] != kind)
        {
            throw new InvalidDataException($"Expected a payload of kind {kind:X2} and at least {FixedBytes} bytes; found {bytes.Length} bytes{(bytes.IsEmpty ? "" : $" of kind {bytes[0]:X2}")}.");
        }

        number = BinaryPrimitives.ReadInt64LittleEndian(bytes[1..]);
        var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[19..]);
        if (number < 0 || length is 0 or > LongestName || bytes.Length < FixedBytes + length)
        {
            throw new InvalidDataException($"The payload's header says number {number} and a name of {length} bytes, in {bytes.Length} bytes.");
        }

        try
        {
            at = new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(bytes[9..]), TimeSpan.FromMinutes(BinaryPrimitives.ReadInt16LittleEndian(bytes[17..])));
            camera = Utf8.GetString(bytes.Slice(FixedBytes, length));
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException("The payload's header holds a time or a name that cannot be.", e);
        }

        return string.IsNullOrWhiteSpace(camera) ? throw new InvalidDataException("The payload's camera has no name.") : bytes[(FixedBytes + length)..];
    }
}
