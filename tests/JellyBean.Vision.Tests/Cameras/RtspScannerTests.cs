using System.Buffers.Binary;
using System.Text;
using CsCheck;
using JellyBean.Vision.Cameras;

namespace JellyBean.Vision.Tests.Cameras;

public sealed class RtspScannerTests
{
    private const uint Begin = uint.MaxValue - 90_000;
    private static readonly DateTimeOffset At = new(2026, 1, 31, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Packets_are_found_in_any_pieces_between_answers_and_frames_have_the_cameras_times() =>
        Gen.Int[1, 400].Array[1, 200].Sample(pieces =>
        {
            // The ticks wrap after a second.
            var clock = Read(Whole(), pieces);

            Assert.Equal(At + TimeSpan.FromSeconds(3), clock.TimeOf(TimeSpan.FromSeconds(3)));
            Assert.Equal(At, clock.TimeOf(TimeSpan.Zero));
            Assert.Null(clock.TimeOf(TimeSpan.FromSeconds(60)));
        });

    [Fact]
    public void TimeOf_where_the_answer_to_play_names_the_first_tick_counts_from_that()
    {
        var clock = Read([.. Answer($"RTP-Info: url=rtsp://host/live/track1;seq=1;rtptime={Begin - 45_000}\r\n"), .. Whole()]);

        // The frame at 3.5 s by the decoder is the one of 3 s after the first packet: none came at 3.5.
        Assert.Equal(At + TimeSpan.FromSeconds(3), clock.TimeOf(TimeSpan.FromSeconds(3.5)));
    }

    [Fact]
    public void TimeOf_without_a_report_or_of_several_streams_is_not_told()
    {
        Assert.Null(Read([.. Answer(""), .. Video(0, Begin)]).TimeOf(TimeSpan.Zero));
        Assert.Null(Read([.. Whole(), .. Video(2, 7)]).TimeOf(TimeSpan.Zero));
    }

    [Theory]
    [InlineData(0x01)]
    [InlineData(0xff)]
    public void What_is_no_rtsp_is_not_followed(byte first) => Assert.Null(Read([first, .. Whole()]).TimeOf(TimeSpan.Zero));

    [Fact]
    public void Any_bytes_do_no_harm() =>
        Gen.Select(Gen.Byte.Array[0, 2000], Gen.Int[0, 1500], Gen.Int[1, 300].Array[1, 20]).Sample((noise, at, pieces) =>
        {
            var bytes = Whole();
            noise.AsSpan(0, Math.Min(noise.Length, bytes.Length)).CopyTo(bytes.AsSpan(Math.Min(at, bytes.Length - Math.Min(noise.Length, bytes.Length))));

            Read(bytes, pieces).TimeOf(TimeSpan.FromSeconds(1));
        });

    // Answers, four seconds of a picture each, a report after the third.
    private static byte[] Whole() =>
    [
        .. Answer("CSeq: 1\r\n"), .. Answer("Content-Length: 12\r\n"), .. "$a body, v=0\n"u8[..12], .. Video(0, Begin), .. Video(0, Tick(1)), .. Video(0, Tick(2)), .. Report(2), .. Answer("CSeq: 2\r\n"), .. Video(0, Tick(3)),
    ];

    private static RtpClock Read(byte[] bytes, params int[] pieces)
    {
        var clock = new RtpClock();
        var scanner = new RtspScanner(clock);
        for (var (at, i) = (0, 0); at < bytes.Length; i++)
        {
            var length = pieces.Length == 0 ? bytes.Length : Math.Min(pieces[i % pieces.Length], bytes.Length - at);
            scanner.Read(bytes.AsSpan(at, length));
            at += length;
        }

        return clock;
    }

    private static uint Tick(int seconds) => unchecked(Begin + (uint)(seconds * 90_000));

    private static byte[] Answer(string headers) => Encoding.ASCII.GetBytes($"RTSP/1.0 200 OK\r\n{headers}\r\n");

    private static byte[] Video(byte channel, uint tick)
    {
        var packet = new byte[100];
        packet[0] = 0x80;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), tick);
        return Packet(channel, packet);
    }

    private static byte[] Report(int seconds)
    {
        // A receiver report without blocks goes before it, and a description behind.
        var packet = new byte[8 + 28 + 8];
        (packet[1], packet[3], packet[9], packet[11], packet[37], packet[39]) = (201, 1, 200, 6, 202, 1);
        BinaryPrimitives.WriteUInt64BigEndian(packet.AsSpan(16), (ulong)((At - new DateTimeOffset(1900, 1, 1, 0, 0, 0, TimeSpan.Zero)).TotalSeconds + seconds) << 32);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(24), Tick(seconds));
        return Packet(1, packet);
    }

    private static byte[] Packet(byte channel, byte[] packet) => [(byte)'$', channel, (byte)(packet.Length >> 8), (byte)packet.Length, .. packet];
}
