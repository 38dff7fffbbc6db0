using System.Globalization;
using System.Text;

namespace JellyBean.Vision.Cameras;

/// <summary>Finds the packets in what an RTSP server sends within its connection (RFC 2326 section 10.12). Where it cannot follow, it finds nothing more. One thread at a time.</summary>
/// <param name="clock">Told of the packets.</param>
internal sealed class RtspScanner(RtpClock clock)
{
    private const int Prefix = 4;
    private const int LongestHead = 1 << 16;
    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray();

    private byte[] _held = new byte[LongestHead];
    private int _length;
    private int _body;
    private bool _isLost;

    /// <summary>Bytes that have come, in any pieces.</summary>
    public void Read(ReadOnlySpan<byte> bytes)
    {
        if (_isLost)
        {
            return;
        }

        if (_held.Length < _length + bytes.Length)
        {
            Array.Resize(ref _held, _length + bytes.Length);
        }

        bytes.CopyTo(_held.AsSpan(_length));
        _length += bytes.Length;
        ReadOnlySpan<byte> rest = _held.AsSpan(0, _length);
        while (Take(rest) is > 0 and var taken)
        {
            rest = rest[taken..];
        }

        _isLost |= rest.Length > LongestHead + Prefix;
        rest.CopyTo(_held);
        _length = rest.Length;
    }

    /// <returns>How many bytes are done with; 0 where more must come first.</returns>
    private int Take(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || _isLost)
        {
            return 0;
        }

        if (_body > 0)
        {
            var skipped = Math.Min(_body, bytes.Length);
            _body -= skipped;
            return skipped;
        }

        return bytes[0] == (byte)'$' ? TakePacket(bytes) : TakeHead(bytes);
    }

    private int TakePacket(ReadOnlySpan<byte> bytes)
    {
        var length = bytes.Length < Prefix ? int.MaxValue : Prefix + ((bytes[2] << 8) | bytes[3]);
        if (bytes.Length < length)
        {
            return 0;
        }

        clock.Packet(bytes[1], bytes[Prefix..length]);
        return length;
    }

    private int TakeHead(ReadOnlySpan<byte> bytes)
    {
        // An answer, or a request of the server's; anything else is no RTSP.
        _isLost |= !char.IsAsciiLetterUpper((char)bytes[0]);
        var end = bytes.IndexOf(HeadEnd);
        if (_isLost || end < 0)
        {
            return 0;
        }

        foreach (var line in Encoding.Latin1.GetString(bytes[..end]).Split("\r\n"))
        {
            if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            {
                _isLost |= !int.TryParse(line.AsSpan("Content-Length:".Length), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out _body) || _body < 0;
            }
            else if (line.StartsWith("RTP-Info:", StringComparison.OrdinalIgnoreCase) && TickIn(line) is { } tick)
            {
                clock.Begins(tick);
            }
        }

        return end + HeadEnd.Length;
    }

    private static uint? TickIn(string line)
    {
        const string Label = "rtptime=";
        var at = line.IndexOf(Label, StringComparison.OrdinalIgnoreCase);
        var digits = at < 0 ? "" : string.Concat(line.Skip(at + Label.Length).TakeWhile(char.IsAsciiDigit));
        return uint.TryParse(digits, CultureInfo.InvariantCulture, out var tick) ? tick : null;
    }
}
