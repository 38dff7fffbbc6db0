using System.Buffers;
using JellyBean.Workflows.Payloads;
using MessagePack;

namespace JellyBean.Runtime.Codecs;

/// <summary>A payload as bytes that nobody between the two ends of a link looks into; nil for null.</summary>
internal sealed class PayloadValueCodec<T>(IPayloadCodec<T> codec) : ValueCodec<T>
    where T : notnull
{
    public override void Write(ref MessagePackWriter writer, T value, ValueWriter output)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }

        var size = codec.SizeOf(value);
        writer.WriteBinHeader(size);
        writer.Flush();
        output.Write(codec, value, size);
    }

    public override T Read(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
        {
            return default(T) is null ? default! : throw new InvalidDataException($"A {typeof(T)} is missing.");
        }

        // One buffer holds the whole frame, so the payload is one piece of it.
        var bytes = reader.ReadBytes()!.Value;
        return codec.Decode(bytes.IsSingleSegment ? bytes.First : bytes.ToArray());
    }
}
