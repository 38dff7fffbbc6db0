using System.Buffers;
using JellyBean.Workflows.Payloads;

namespace JellyBean.Vision.Payloads;

/// <summary>Frames on a link: their JPEG, with camera, number, time and viewpoint.</summary>
public sealed class FrameCodec : IPayloadCodec<Frame>
{
    /// <inheritdoc />
    public int SizeOf(Frame payload) => PayloadHeader.SizeOf(payload.Camera) + ViewpointBytes.SizeOf(payload.Viewpoint) + payload.Picture.Jpeg.Length;

    /// <inheritdoc />
    public void Encode(Frame payload, IBufferWriter<byte> writer)
    {
        PayloadHeader.Write(writer, PayloadHeader.Frame, payload.Camera, payload.Number, payload.CapturedAt);
        ViewpointBytes.Write(writer, payload.Viewpoint);
        writer.Write(payload.Picture.Jpeg.Span);
    }

    /// <inheritdoc />
    public Frame Decode(ReadOnlyMemory<byte> encoded)
    {
        var rest = PayloadHeader.Read(encoded.Span, PayloadHeader.Frame, out var camera, out var number, out var capturedAt);
        var jpeg = ViewpointBytes.Read(rest, out var viewpoint);
        return new Frame(camera, number, capturedAt, Picture.FromJpeg(jpeg)) { Viewpoint = viewpoint };
    }
}
