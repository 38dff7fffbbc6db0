using System.Buffers;
using CsCheck;
using JellyBean.Vision.Payloads;
using JellyBean.Workflows.Payloads;

namespace JellyBean.Vision.Tests.Payloads;

public sealed class CodecTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 31, 8, 0, 0, 123, TimeSpan.FromHours(5.5));

    [Fact]
    public void Frame_decoded_is_identical_to_the_bit()
    {
        var frame = new Frame("Tör-1", 42, At, Pixels.Frame(51, 37).Picture);

        var bytes = Encode(new FrameCodec(), frame);
        var decoded = new FrameCodec().Decode(bytes);

        Assert.Equal((frame.Camera, frame.Number, frame.CapturedAt, frame.CapturedAt.Offset), (decoded.Camera, decoded.Number, decoded.CapturedAt, decoded.CapturedAt.Offset));
        Assert.True(frame.Pixels.SequenceEqual(decoded.Pixels));
        Assert.Equal(bytes, Encode(new FrameCodec(), decoded));
    }

    [Fact]
    public void Frame_decoded_keeps_its_viewpoint()
    {
        var frame = new Frame("north", 1, At, Pixels.Frame(16, 16).Picture) { Viewpoint = new Viewpoint("Tör", 320, -7) };

        var decoded = new FrameCodec().Decode(Encode(new FrameCodec(), frame));

        Assert.Equal(frame.Viewpoint, decoded.Viewpoint);
        Assert.True(frame.Pixels.SequenceEqual(decoded.Pixels));
    }

    [Fact]
    public void Crop_decoded_is_identical_to_the_bit()
    {
        var crop = new Frame("gate", 7, At, Pixels.Frame(64, 64).Picture).Crop(new Box(3.25f, 4, 17, 29, 0.83f, 2));

        var bytes = Encode(new CropCodec(), crop);
        var decoded = new CropCodec().Decode(bytes);

        Assert.Equal((crop.Camera, crop.Number, crop.CapturedAt, crop.Box), (decoded.Camera, decoded.Number, decoded.CapturedAt, decoded.Box));
        Assert.True(crop.Pixels.SequenceEqual(decoded.Pixels));
        Assert.Equal(bytes, Encode(new CropCodec(), decoded));
    }

    [Fact]
    public void Decode_damaged_bytes_give_a_value_or_InvalidData() =>
        Gen.Select(Gen.Int[0, 80], Gen.Byte, Gen.Int[0, 400], Gen.Bool).Sample((at, value, cut, crop) =>
        {
            var frame = new Frame("north", 1, At, Pixels.Frame(16, 16).Picture) { Viewpoint = new Viewpoint("yard", 1, 2) };
            var bytes = crop ? Encode(new CropCodec(), frame.Crop(new Box(1, 1, 8, 8))) : Encode(new FrameCodec(), frame);
            bytes[at] = value;
            var damaged = cut < bytes.Length ? bytes.AsMemory(0, cut) : bytes;
            try
            {
                _ = crop ? new CropCodec().Decode(damaged).Width : new FrameCodec().Decode(damaged).Width;
            }
            catch (InvalidDataException)
            {
                // The one allowed answer to damaged bytes.
            }
        });

    private static byte[] Encode<T>(IPayloadCodec<T> codec, T payload)
        where T : notnull
    {
        var writer = new ArrayBufferWriter<byte>();
        codec.Encode(payload, writer);
        Assert.Equal(codec.SizeOf(payload), writer.WrittenCount);
        return writer.WrittenSpan.ToArray();
    }
}
