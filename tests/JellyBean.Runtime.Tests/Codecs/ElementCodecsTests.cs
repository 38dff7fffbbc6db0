using System.Buffers;
using System.Collections.Immutable;
using JellyBean.Runtime.Calibration;
using JellyBean.Runtime.Codecs;
using JellyBean.Workflows.Payloads;
using MessagePack;

namespace JellyBean.Runtime.Tests.Codecs;

public sealed class ElementCodecsTests
{
    private static readonly ElementCodecs Codecs = ElementCodecs.Empty.With(new PictureCodec());

    public static TheoryData<object> Values =>
    [
        true, (byte)200, (sbyte)-5, (short)-300, (ushort)60_000, -70_000, 4_000_000_000u, long.MinValue, ulong.MaxValue, 'é', 1.5f, double.NaN, "", "gate é", 12.340m,
        Guid.Parse("6f9619ff-8b86-d011-b42d-00c04fc964ff"), TimeSpan.FromTicks(-7), new DateOnly(2026, 1, 2), new TimeOnly(3, 4, 5, 6),
        new DateTime(638_000_000_000_000_001, DateTimeKind.Utc), new DateTime(1, DateTimeKind.Unspecified), new DateTime(5, DateTimeKind.Local),
        new DateTimeOffset(638_000_000_000_000_001, TimeSpan.FromMinutes(-210)), DateTimeOffset.MinValue, DateTimeOffset.MaxValue, DayOfWeek.Friday, (DayOfWeek)77,
        new Point(-1, 2) { Name = "p" }, (1, "two", 3.0), Tuple.Create(1, "two"), new KeyValuePair<string, int>("k", 7), new Fields { X = 1, Y = "y" }, new Vector(3, 4),
    ];

    [Theory]
    [MemberData(nameof(Values))]
    public void Codec_value_that_is_written_is_read_the_same(object value) => Assert.Equal(value, RoundTrip(value.GetType(), value));

    [Fact]
    public void Codec_collections_are_read_with_their_contents()
    {
        var all = new Collections([1, 2], [3], new HashSet<string> { "a" }, [.. "xy"], new Dictionary<string, Point?> { ["p"] = new(1, 2), ["q"] = null }, [4, 5], new byte[] { 6 }, default, [7.5f], [1, 1]);

        var read = (Collections)RoundTrip(typeof(Collections), all);

        Assert.Equal(all.Array, read.Array);
        Assert.Equal(all.List, read.List);
        Assert.Equal(all.Set, read.Set);
        Assert.Equal(all.Characters.AsEnumerable(), read.Characters);
        Assert.Equal(all.Map, read.Map);
        Assert.Equal(all.Bytes, read.Bytes);
        Assert.Equal(all.Memory.ToArray(), read.Memory.ToArray());
        Assert.True(read.Unset.IsDefault);
        Assert.Equal(all.Numbers, read.Numbers);
        Assert.Equal(all.Sequence, read.Sequence);
    }

    [Fact]
    public void Codec_type_that_others_derive_from_keeps_which_of_them_it_is()
    {
        Shape[] shapes = [new Circle(2), new Square(3), new Square(4)];

        Assert.Equal(shapes, (Shape[])RoundTrip(typeof(Shape[]), shapes));
    }

    [Fact]
    public void Codec_type_that_holds_itself_is_written_and_too_deep_a_one_is_refused()
    {
        var tree = new Tree(1, [new Tree(2, []), new Tree(3, [new Tree(4, [])])]);
        Assert.Equal(4, ((Tree)RoundTrip(typeof(Tree), tree)).Children[1].Children[0].Value);

        var chain = new Chain();
        chain.Next = chain;
        Assert.Contains("refers to itself", Assert.Throws<CodecException>(() => Write(typeof(Chain), chain)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(object))]
    [InlineData(typeof(Func<int>))]
    [InlineData(typeof(IDisposable))]
    [InlineData(typeof(Closed))]
    [InlineData(typeof(Stream))]
    [InlineData(typeof(Holder<object>))]
    public void Codec_type_that_cannot_be_made_again_is_refused_with_what_to_do(Type type) =>
        Assert.Contains("payload codec", Assert.Throws<CodecException>(() => Codecs.For(type)).Message, StringComparison.Ordinal);

    [Fact]
    public void Codec_value_of_a_type_of_another_assembly_is_refused() =>
        Assert.Contains("same assembly", Assert.Throws<CodecException>(() => Write(typeof(Holder<Exception>), new Holder<Exception>(new InvalidOperationException("no")))).Message, StringComparison.Ordinal);

    [Fact]
    public void Payload_travels_unparsed_in_its_canonical_encoding_and_null_as_nothing()
    {
        var framed = new Framed(5, new Picture(9, 10_000), null);

        var bytes = Write(typeof(Framed), framed);

        Assert.Equal(framed, Read(typeof(Framed), bytes));
        Assert.Equal(1 + 1 + 3 + 10_000 + 1, bytes.Length);
        Assert.True(bytes.AsSpan().IndexOf(PictureCodec.Bytes(framed.Picture)) > 0);
    }

    [Fact]
    public void Payload_codec_that_is_wrong_about_its_size_is_refused()
    {
        var codecs = ElementCodecs.Empty.With(new LyingCodec());

        Assert.Throws<CodecException>(() => Write(typeof(Picture), new Picture(1, 10), codecs));
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void Sizer_says_exactly_what_is_sent(object value) => Assert.Equal(Write(value.GetType(), value).Length, MessageSizer.Empty.SizeOf(value));

    [Fact]
    public void Sizer_says_exactly_what_is_sent_of_payloads_and_families()
    {
        var framed = new Framed(5, new Picture(1, 70_000), new Picture(2, 3));
        Shape[] shapes = [new Circle(2), new Square(3)];

        Assert.Equal(Write(typeof(Framed), framed).Length, MessageSizer.Empty.With(new PictureCodec()).SizeOf(framed));
        Assert.Equal(Write(typeof(Shape), shapes[0]).Length, MessageSizer.Empty.SizeOf(typeof(Shape), shapes[0]));
        Assert.Equal(Write(typeof(Shape[]), shapes).Length, MessageSizer.Empty.SizeOf(shapes));
    }

    [Fact]
    public void Message_that_is_too_large_is_refused()
    {
        var output = new BufferValueWriter(ArrayPool<byte>.Shared, 1000);
        output.Begin(0, 0);

        Assert.Throws<CodecException>(() =>
        {
            var writer = new MessagePackWriter(output);
            Codecs.For<byte[]>().Write(ref writer, new byte[2000], output);
            writer.Flush();
        });
    }

    private static object RoundTrip(Type type, object value) => Read(type, Write(type, value));

    private static byte[] Write(Type type, object value, ElementCodecs? codecs = null)
    {
        var output = new BufferValueWriter(ArrayPool<byte>.Shared, 1 << 20);
        output.Begin(0, 0);
        var writer = new MessagePackWriter(output);
        (codecs ?? Codecs).For(type).WriteObject(ref writer, value, output);
        writer.Flush();
        var length = output.Written;
        return output.Detach()[..length];
    }

    private static object Read(Type type, byte[] bytes)
    {
        var reader = new MessagePackReader(bytes);
        var value = Codecs.For(type).ReadObject(ref reader)!;
        Assert.True(reader.End);
        return value;
    }

    internal sealed record Point(int X, int Y)
    {
        public string? Name { get; init; }

        public double Length => Math.Sqrt((X * X) + (Y * Y));
    }

    internal sealed record Holder<T>(T Held);

    internal abstract record Shape;

    internal sealed record Circle(int Radius) : Shape;

    internal sealed record Square(int Side) : Shape;

    internal sealed record Tree(int Value, ImmutableArray<Tree> Children);

    internal sealed record Picture(byte Fill, int Size);

    internal sealed record Framed(int Number, Picture Picture, Picture? Other);

    internal sealed record Collections(
        int[] Array,
        List<long> List,
        IReadOnlySet<string> Set,
        ImmutableArray<char> Characters,
        IReadOnlyDictionary<string, Point?> Map,
        byte[] Bytes,
        ReadOnlyMemory<byte> Memory,
        ImmutableArray<int> Unset,
        IReadOnlyList<float> Numbers,
        IEnumerable<int> Sequence);

    internal readonly record struct Vector(float X, float Y);

    internal struct Fields
    {
        public int X;
        public string Y;
    }

    internal sealed class Chain
    {
        public Chain? Next { get; set; }
    }

    internal sealed class Closed
    {
        private readonly int _hidden = 3;

        public int Shown => _hidden;
    }

    private class PictureCodec : IPayloadCodec<Picture>
    {
        public virtual int SizeOf(Picture payload) => payload.Size;

        public static byte[] Bytes(Picture picture) => [picture.Fill, .. new byte[picture.Size - 1]];

        public void Encode(Picture payload, IBufferWriter<byte> writer) => writer.Write(Bytes(payload));

        public Picture Decode(ReadOnlyMemory<byte> encoded) => new(encoded.Span[0], encoded.Length);
    }

    private sealed class LyingCodec : PictureCodec
    {
        public override int SizeOf(Picture payload) => payload.Size + 1;
    }
}
