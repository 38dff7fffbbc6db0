using System.Buffers;

namespace JellyBean.Workflows.Payloads;

/// <summary>Encodes a bulk payload, such as a picture, for a link.</summary>
/// <remarks>
/// A payload has one canonical encoding, applied where the payload is produced: <see cref="Decode"/> of what <see cref="Encode"/>
/// wrote must give the same value to the last bit, so that moving a stage never changes a result.
/// </remarks>
/// <typeparam name="T">The payload.</typeparam>
public interface IPayloadCodec<T>
    where T : notnull
{
    /// <summary>Bytes that <see cref="Encode"/> will write.</summary>
    int SizeOf(T payload);

    /// <summary>Writes the canonical encoding.</summary>
    void Encode(T payload, IBufferWriter<byte> writer);

    /// <summary>Reads the canonical encoding. The bytes are untrusted.</summary>
    /// <exception cref="InvalidDataException">The bytes are not an encoding of a <typeparamref name="T"/>.</exception>
    T Decode(ReadOnlyMemory<byte> encoded);
}
