using MessagePack;

namespace JellyBean.Runtime.Codecs;

/// <summary>Writes and reads values of one type. Immutable; thread-safe.</summary>
internal abstract class ValueCodec
{
    /// <summary>Writes a value of the codec's type.</summary>
    public abstract void WriteObject(ref MessagePackWriter writer, object? value, ValueWriter output);

    /// <summary>Reads a value of the codec's type. The bytes are untrusted.</summary>
    public abstract object? ReadObject(ref MessagePackReader reader);
}

/// <inheritdoc cref="ValueCodec" />
internal abstract class ValueCodec<T> : ValueCodec
{
    public abstract void Write(ref MessagePackWriter writer, T value, ValueWriter output);

    public abstract T Read(ref MessagePackReader reader);

    public sealed override void WriteObject(ref MessagePackWriter writer, object? value, ValueWriter output) => Write(ref writer, (T)value!, output);

    public sealed override object? ReadObject(ref MessagePackReader reader) => Read(ref reader);
}
