using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using JellyBean.Workflows.Payloads;
using MessagePack;

namespace JellyBean.Runtime.Codecs;

/// <summary>Makes codecs for users' types: MessagePack by constructor order for records, canonical encodings for payloads that have one.</summary>
/// <remarks>
/// A record is an array of what its largest constructor takes, then of what can be set besides; what neither takes is worked out again. A type that others of its own module
/// derive from is preceded by which of them it is: no type is ever named by the bytes. Thread-safe; codecs are made once.
/// </remarks>
internal sealed class ElementCodecs
{
    private readonly ImmutableDictionary<Type, ValueCodec> _payloads;
    private readonly ConcurrentDictionary<Type, ValueCodec> _codecs = new();

    private ElementCodecs(ImmutableDictionary<Type, ValueCodec> payloads) => _payloads = payloads;

    /// <summary>Knows no payloads.</summary>
    public static ElementCodecs Empty { get; } = new(ImmutableDictionary<Type, ValueCodec>.Empty);

    /// <summary>How deep what is read may be.</summary>
    internal static MessagePackSecurity Security { get; } = MessagePackSecurity.UntrustedData.WithMaximumObjectGraphDepth(128);

    /// <summary>Adds a payload's codec.</summary>
    public ElementCodecs With<T>(IPayloadCodec<T> codec)
        where T : notnull => new(_payloads.SetItem(typeof(T), new PayloadValueCodec<T>(codec)));

    /// <summary>The codec of a type.</summary>
    /// <exception cref="CodecException">The type cannot be sent; all that is wrong with it is in the message.</exception>
    public ValueCodec For(Type type) => _codecs.TryGetValue(type, out var known) ? known : Make(type);

    /// <inheritdoc cref="For(Type)" />
    public ValueCodec<T> For<T>() => (ValueCodec<T>)For(typeof(T));

    /// <summary>Writes a value.</summary>
    /// <param name="type">What its flow carries.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="CodecException">It cannot be written.</exception>
    public byte[] Encode(Type type, object value)
    {
        var output = new BufferValueWriter(ArrayPool<byte>.Shared, Array.MaxLength);
        try
        {
            output.Begin(0, 0);
            var writer = new MessagePackWriter(output);
            For(type).WriteObject(ref writer, value, output);
            writer.Flush();
            return output.ToArray();
        }
        finally
        {
            output.Discard();
        }
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such value. Users' codecs and constructors may throw anything else.</exception>
    public object Decode(Type type, ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        var value = For(type).ReadObject(ref reader) ?? throw new InvalidDataException("The value is missing.");
        return reader.End ? value : throw new InvalidDataException("The value is followed by bytes that do not belong to it.");
    }

    private ValueCodec Make(Type type)
    {
        var builder = new CodecBuilder(_payloads, _codecs);
        var codec = builder.Build(type);
        foreach (var (made, its) in builder.Made)
        {
            _codecs.TryAdd(made, its);
        }

        return codec;
    }
}
