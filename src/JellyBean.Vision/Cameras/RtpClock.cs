using System.Buffers.Binary;

namespace JellyBean.Vision.Cameras;

/// <summary>When frames were taken, by what an RTSP camera reports of its own clock (RTCP sender reports, RFC 3550 section 6.4.1). Thread-safe.</summary>
/// <remarks>
/// Packets of video bear the ticks of a clock of 90 kHz; a report says which tick is what time of the day. The decoder counts the same ticks from the first packet, or from the one that the answer to PLAY names: which
/// of these it was is seen by whether the frame's tick has come.
/// </remarks>
internal sealed class RtpClock
{
    private const int TicksPerSecond = 90_000;
    private const int SenderReport = 200;

    // Of the last seconds: a decoder holds back a few frames.
    private const int Remembered = 512;

    private static readonly DateTimeOffset Era = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Lock _gate = new();
    private readonly Queue<uint> _ticks = new();
    private readonly HashSet<uint> _seen = [];
    private byte? _channel;
    private uint? _first;
    private uint? _named;
    private (uint Tick, DateTimeOffset At)? _report;
    private bool _isMixed;

    /// <summary>The answer to PLAY says with which tick the video begins.</summary>
    public void Begins(uint tick)
    {
        lock (_gate)
        {
            _named = tick;
        }
    }

    /// <summary>A packet has come: on even channels video, on odd ones reports about it.</summary>
    public void Packet(int channel, ReadOnlySpan<byte> packet)
    {
        lock (_gate)
        {
            if (channel % 2 == 0)
            {
                Video((byte)channel, packet);
            }
            else
            {
                Reports(packet);
            }
        }
    }

    /// <param name="shown">A frame's presentation time, as the decoder says.</param>
    /// <returns>Null as long as the camera has not told.</returns>
    public DateTimeOffset? TimeOf(TimeSpan shown)
    {
        lock (_gate)
        {
            if (_report is not { } report || _isMixed)
            {
                return null;
            }

            var since = (long)Math.Round(shown.TotalSeconds * TicksPerSecond);
            foreach (var begin in new[] { _first, _named })
            {
                if (begin is { } first && unchecked((uint)(first + since)) is var tick && _seen.Contains(tick))
                {
                    return report.At + TimeSpan.FromSeconds(unchecked((int)(tick - report.Tick)) / (double)TicksPerSecond);
                }
            }

            return null;
        }
    }

    private void Video(byte channel, ReadOnlySpan<byte> packet)
    {
        if (packet.Length < 12)
        {
            return;
        }

        // Of several streams, nobody knows which the frames are of.
        _channel ??= channel;
        _isMixed |= channel != _channel;
        var tick = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        _first ??= tick;
        if (!_seen.Add(tick))
        {
            return;
        }

        _ticks.Enqueue(tick);
        if (_ticks.Count > Remembered)
        {
            _seen.Remove(_ticks.Dequeue());
        }
    }

    private void Reports(ReadOnlySpan<byte> packet)
    {
        while (packet.Length >= 4)
        {
            var length = 4 * (BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) + 1);
            if (packet[1] == SenderReport && length >= 28 && packet.Length >= length && BinaryPrimitives.ReadUInt64BigEndian(packet[8..]) is > 0 and var time)
            {
                _report = (BinaryPrimitives.ReadUInt32BigEndian(packet[16..]), Era + TimeSpan.FromSeconds(time / (double)(1L << 32)));
            }

            packet = packet[Math.Min(length, packet.Length)..];
        }
    }
}
