using JellyBean.Workflows.Payloads;

namespace JellyBean.Runtime.Codecs;

/// <summary>Counts what would be written. Used by one thread at a time.</summary>
internal sealed class CountingValueWriter : ValueWriter
{
    private byte[] _scratch = new byte[1024];

    public long Count { get; private set; }

    public void Clear()
    {
        Count = 0;
        Reset();
    }

    public override void Advance(int count) => Count += count;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (sizeHint > _scratch.Length)
        {
            _scratch = new byte[sizeHint];
        }

        return _scratch;
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Write<T>(IPayloadCodec<T> codec, T payload, int size) => Count += size;
}
