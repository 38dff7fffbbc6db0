using MessagePack;

namespace JellyBean.Runtime.Codecs;

/// <summary>Stands for a codec that is still being built.</summary>
internal interface IPromise
{
    void Keep(ValueCodec codec);
}

/// <inheritdoc />
internal sealed class PromisedCodec<T> : ValueCodec<T>, IPromise
{
    private ValueCodec<T>? _codec;

    public void Keep(ValueCodec codec) => _codec = (ValueCodec<T>)codec;

    public override void Write(ref MessagePackWriter writer, T value, ValueWriter output) => _codec!.Write(ref writer, value, output);

    public override T Read(ref MessagePackReader reader) => _codec!.Read(ref reader);
}
