using System.Buffers;
using JellyBean.Workflows.Payloads;

namespace JellyBean.Runtime.Codecs;

/// <summary>Writes into a rented buffer that grows. Used by one thread at a time.</summary>
/// <param name="pool">Where buffers are from.</param>
/// <param name="most">Most bytes to write.</param>
internal sealed class BufferValueWriter(ArrayPool<byte> pool, int most) : ValueWriter
{
    private const int LeastRoom = 256;

    private byte[]? _buffer;
    private int _written;

    public int Written => _written;

    /// <summary>Begins anew.</summary>
    /// <param name="reserved">Bytes left free at the beginning, for a header.</param>
    /// <param name="expected">How much is probably written.</param>
    public void Begin(int reserved, int expected)
    {
        Reset();
        _buffer ??= pool.Rent(Math.Max(expected, reserved + LeastRoom));
        _written = reserved;
    }

    /// <summary>Gives away what was written; the taker returns the buffer.</summary>
    public byte[] Detach()
    {
        var buffer = _buffer!;
        _buffer = null;
        return buffer;
    }

    /// <summary>A copy of what was written, where nothing was reserved before it.</summary>
    public byte[] ToArray() => _buffer.AsSpan(0, _written).ToArray();

    /// <summary>Drops what was written.</summary>
    public void Discard()
    {
        if (_buffer is not null)
        {
            pool.Return(Detach());
        }
    }

    public override void Advance(int count) => _written += count;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_written);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Write<T>(IPayloadCodec<T> codec, T payload, int size)
    {
        Grow(size);
        var before = _written;
        codec.Encode(payload, this);
        if (_written - before != size)
        {
            throw new CodecException($"{codec.GetType()} said that a {typeof(T)} takes {size} bytes, but wrote {_written - before}. SizeOf and Encode must agree.");
        }
    }

    private void Grow(int room)
    {
        var needed = (long)_written + room;
        if (needed <= _buffer!.Length)
        {
            return;
        }

        if (needed > most)
        {
            throw new CodecException($"A message takes more than the {most} bytes that are allowed. Send only what the next operator needs, or allow more.");
        }

        var larger = pool.Rent((int)Math.Min(most, Math.Max(needed, 2L * _buffer.Length)));
        _buffer.AsSpan(0, _written).CopyTo(larger);
        pool.Return(_buffer);
        _buffer = larger;
    }
}
