using System.Buffers;
using JellyBean.Workflows.Payloads;

namespace JellyBean.Vision.Payloads;

/// <summary>Frames on a link: their JPEG, with camera, number and time.</summary>
public sealed class FrameCodec : IPayloadCodec<Frame>
{
    /// <inheritdoc />
    public int SizeOf(Frame payload) => PayloadHeader.SizeOf(payload.Camera) + payload.Picture.Jpeg.Length;

    /// <inheritdoc />
    public void Encode(Frame payload, IBufferWriter<byte> writer)
    {
        PayloadHeader.Write(writer, PayloadHeader.Frame, payload.Camera, payload.Number, payload.CapturedAt);
        writer.Write(payload.Picture.Jpeg.Span);
    }

    /// <inheritdoc />
    public Frame Decode(ReadOnlyMemory<byte> encoded)
    {
        var rest = PayloadHeader.Read(encoded.Span, PayloadHeader.Frame, out var camera, out var number, out var capturedAt);
        return new Frame(camera, number, capturedAt, Picture.FromJpeg(rest));
    }
}
