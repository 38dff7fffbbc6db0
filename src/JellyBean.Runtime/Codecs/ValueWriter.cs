using System.Buffers;
using JellyBean.Workflows.Payloads;

namespace JellyBean.Runtime.Codecs;

/// <summary>Where a value is written: into memory, or nowhere, to learn its size.</summary>
internal abstract class ValueWriter : IBufferWriter<byte>
{
    // Deeper than any message should be: an element that refers to itself.
    private const int MostDepth = 64;

    private int _depth;

    public abstract void Advance(int count);

    public abstract Memory<byte> GetMemory(int sizeHint = 0);

    public abstract Span<byte> GetSpan(int sizeHint = 0);

    /// <summary>Writes a payload as its codec encodes it.</summary>
    /// <param name="codec">The payload's.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="size">What the codec said it takes.</param>
    public abstract void Write<T>(IPayloadCodec<T> codec, T payload, int size)
        where T : notnull;

    /// <summary>Goes one level down.</summary>
    /// <exception cref="CodecException">It is too deep.</exception>
    public void Enter()
    {
        if (++_depth > MostDepth)
        {
            throw new CodecException($"A message is more than {MostDepth} levels deep, probably because it refers to itself. Send only what the next operator needs.");
        }
    }

    /// <summary>Comes back up.</summary>
    public void Leave() => _depth--;

    /// <summary>Forgets how deep an output was that failed.</summary>
    protected void Reset() => _depth = 0;
}
