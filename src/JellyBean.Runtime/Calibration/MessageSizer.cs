using JellyBean.Runtime.Codecs;
using JellyBean.Workflows.Payloads;

namespace JellyBean.Runtime.Calibration;

/// <summary>Bytes of an element as sent over a link: it is written as links write it, to nowhere.</summary>
/// <remarks>
/// Records are MessagePack arrays by constructor order, without names; what a constructor does not take and no setter sets is worked out again and not sent. A payload with a codec is
/// its canonical encoding. The link's own header is not in it. Thread-safe.
/// </remarks>
public sealed class MessageSizer
{
    [ThreadStatic]
    private static CountingValueWriter? _counter;

    private MessageSizer(ElementCodecs codecs) => Codecs = codecs;

    /// <summary>Knows no payloads.</summary>
    public static MessageSizer Empty { get; } = new(ElementCodecs.Empty);

    /// <summary>How elements are written.</summary>
    internal ElementCodecs Codecs { get; }

    /// <summary>Counts a payload with the size of its canonical encoding.</summary>
    public MessageSizer With<T>(IPayloadCodec<T> codec)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(codec);
        return new MessageSizer(Codecs.With(codec));
    }

    /// <summary>Bytes of an element.</summary>
    /// <exception cref="InvalidOperationException">It cannot be sent: its type cannot be made again from what it shows, or it refers to itself.</exception>
    public long SizeOf(object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return SizeOf(value.GetType(), value);
    }

    /// <summary>Elements as they come from a link, a new one at each call: what is kept besides what is sent, such as the pixels of a picture, has to be worked out again.</summary>
    internal Func<object> Arrivals(object value)
    {
        var (type, bytes) = (value.GetType(), Codecs.Encode(value.GetType(), value));
        return () => Codecs.Decode(type, bytes);
    }

    /// <summary>Mean bytes of values on a route whose elements are of some type; 0 where there are none.</summary>
    internal double MeanSizeOf(Type type, IEnumerable<object> values) => values.Select(v => (double)SizeOf(type, v)).DefaultIfEmpty(0).Average();

    /// <summary>Bytes of a value on a route whose elements are of some type: a base type is preceded by which of its types the value is.</summary>
    internal long SizeOf(Type type, object value)
    {
        var counter = _counter ??= new CountingValueWriter();
        counter.Clear();
        var writer = new MessagePack.MessagePackWriter(counter);
        Codecs.For(type).WriteObject(ref writer, value, counter);
        writer.Flush();
        return counter.Count;
    }
}
