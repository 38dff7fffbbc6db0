using System.Buffers;
using System.Buffers.Binary;
using JellyBean.Workflows.Payloads;

namespace JellyBean.Vision.Payloads;

/// <summary>Crops on a link: their JPEG, with camera, number, time and box.</summary>
public sealed class CropCodec : IPayloadCodec<Crop>
{
    private const int BoxBytes = 24;

    /// <inheritdoc />
    public int SizeOf(Crop payload) => PayloadHeader.SizeOf(payload.Camera) + BoxBytes + payload.Picture.Jpeg.Length;

    /// <inheritdoc />
    public void Encode(Crop payload, IBufferWriter<byte> writer)
    {
        PayloadHeader.Write(writer, PayloadHeader.Crop, payload.Camera, payload.Number, payload.CapturedAt);
        var (x, y, width, height, score, @class) = payload.Box;
        var box = writer.GetSpan(BoxBytes);
        BinaryPrimitives.WriteSingleLittleEndian(box, x);
        BinaryPrimitives.WriteSingleLittleEndian(box[4..], y);
        BinaryPrimitives.WriteSingleLittleEndian(box[8..], width);
        BinaryPrimitives.WriteSingleLittleEndian(box[12..], height);
        BinaryPrimitives.WriteSingleLittleEndian(box[16..], score);
        BinaryPrimitives.WriteInt32LittleEndian(box[20..], @class);
        writer.Advance(BoxBytes);
        writer.Write(payload.Picture.Jpeg.Span);
    }

    /// <inheritdoc />
    public Crop Decode(ReadOnlyMemory<byte> encoded)
    {
        var rest = PayloadHeader.Read(encoded.Span, PayloadHeader.Crop, out var camera, out var number, out var capturedAt);
        if (rest.Length < BoxBytes)
        {
            throw new InvalidDataException("The crop ends within its box.");
        }

        var box = new Box(Number(rest), Number(rest[4..]), Number(rest[8..]), Number(rest[12..]), Number(rest[16..]), BinaryPrimitives.ReadInt32LittleEndian(rest[20..]));
        return new Crop(camera, number, capturedAt, box, Picture.FromJpeg(rest[BoxBytes..]));
    }

    private static float Number(ReadOnlySpan<byte> bytes)
    {
        var number = BinaryPrimitives.ReadSingleLittleEndian(bytes);
        return float.IsFinite(number) ? number : throw new InvalidDataException("The crop's box holds a number that is not finite.");
    }
}
