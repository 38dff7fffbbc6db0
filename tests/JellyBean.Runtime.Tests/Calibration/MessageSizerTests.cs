using System.Buffers;
using System.Collections.Immutable;
using JellyBean.Runtime.Calibration;
using JellyBean.Workflows.Payloads;
using MessagePack;

namespace JellyBean.Runtime.Tests.Calibration;

public class MessageSizerTests
{
    public static TheoryData<object> Messages =>
    [
        new Point(0, -1),
        new Point(127, -33),
        new Point(128, 70_000),
        new Point(int.MinValue, int.MaxValue),
        new Everything("", 0, 0, false, default, TimeSpan.Zero, DateTimeOffset.UnixEpoch, Guid.Empty, null, []),
        new Everything(
            "north gate é",
            1.5f,
            -2.25,
            true,
            DayOfWeek.Friday,
            TimeSpan.FromMinutes(7),
            new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(2)),
            Guid.Parse("6f9619ff-8b86-d011-b42d-00c04fc964ff"),
            new Point(1, 2),
            [.. Enumerable.Range(0, 20).Select(i => new Point(i, i))]),
        new Bytes(new byte[300], new string('x', 300)),
        new Maps(new Dictionary<string, long> { ["a"] = long.MaxValue, ["b"] = -200 }, Enumerable.Range(0, 70_000).ToList()),
    ];

    [Theory]
    [MemberData(nameof(Messages))]
    public void Sizer_record_is_as_large_as_MessagePack_writes_it(object message) =>
        Assert.Equal(MessagePackSerializer.Serialize(message.GetType(), message).Length, MessageSizer.Empty.SizeOf(message));

    [Fact]
    public void Sizer_payload_with_codec_counts_with_its_encoding()
    {
        var sizer = MessageSizer.Empty.With(new PictureCodec());

        // An array of two, the number 5, how long the picture is, the picture.
        Assert.Equal(1 + 1 + 3 + 10_000, sizer.SizeOf(new Framed(5, new Picture(10_000))));
    }

    [Fact]
    public void Sizer_what_is_worked_out_is_not_sent() => Assert.Equal(MessageSizer.Empty.SizeOf(new Point(3, 4)), MessageSizer.Empty.SizeOf(new PointWithLength(3, 4)));

    [Fact]
    public void Sizer_default_array_counts_as_nothing() => Assert.Equal(2, MessageSizer.Empty.SizeOf(new Holder(default)));

    [Fact]
    public void Sizer_message_that_refers_to_itself_is_refused()
    {
        var chain = new Chain();
        chain.Next = chain;

        Assert.ThrowsAny<InvalidOperationException>(() => MessageSizer.Empty.SizeOf(chain));
    }

    [MessagePackObject]
    public sealed record Point([property: Key(0)] int X, [property: Key(1)] int Y);

    [MessagePackObject]
    public sealed record Everything(
        [property: Key(0)] string Text,
        [property: Key(1)] float Half,
        [property: Key(2)] double Whole,
        [property: Key(3)] bool Flag,
        [property: Key(4)] DayOfWeek Day,
        [property: Key(5)] TimeSpan Span,
        [property: Key(6)] DateTimeOffset At,
        [property: Key(7)] Guid Id,
        [property: Key(8)] Point? Where,
        [property: Key(9)] IReadOnlyList<Point> Path);

    [MessagePackObject]
    public sealed record Bytes([property: Key(0)] byte[] Content, [property: Key(1)] string Text);

    [MessagePackObject]
    public sealed record Maps([property: Key(0)] Dictionary<string, long> Map, [property: Key(1)] List<int> Numbers);

    private sealed record PointWithLength(int X, int Y)
    {
        public double Length => Math.Sqrt((X * X) + (Y * Y));
    }

    private sealed record Framed(int Number, Picture Picture);

    private sealed record Picture(int Size);

    private sealed record Holder(ImmutableArray<Point> Points);

    private sealed class Chain
    {
        public Chain? Next { get; set; }
    }

    private sealed class PictureCodec : IPayloadCodec<Picture>
    {
        public int SizeOf(Picture payload) => payload.Size;

        public void Encode(Picture payload, IBufferWriter<byte> writer) => throw new NotSupportedException();

        public Picture Decode(ReadOnlyMemory<byte> encoded) => throw new NotSupportedException();
    }
}
