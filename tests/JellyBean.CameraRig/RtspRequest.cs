using System.Text;

namespace JellyBean.CameraRig;

/// <summary>Requests of RTSP and HTTP: a head of lines up to an empty one, no body.</summary>
internal static class RtspRequest
{
    private const int LongestHead = 8192;

    /// <returns>Null where the connection ends.</returns>
    public static async Task<string?> ReadHeadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (head.Length < LongestHead && await stream.ReadAsync(one, cancellationToken) == 1)
        {
            // What an RTSP client sends about reception comes between its requests, in frames of their own.
            if (head.Length == 0 && one[0] == (byte)'$')
            {
                var frame = new byte[3];
                await stream.ReadExactlyAsync(frame, cancellationToken);
                await stream.ReadExactlyAsync(new byte[(frame[1] << 8) | frame[2]], cancellationToken);
                continue;
            }

            head.Append((char)one[0]);
            if (one[0] == (byte)'\n' && head.Length >= 4 && head.ToString(head.Length - 4, 4) == "\r\n\r\n")
            {
                return head.ToString();
            }
        }

        return null;
    }

    /// <returns>A header's value; null where it is missing.</returns>
    public static string? Header(string head, string name) => head.Split("\r\n")
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim())
        .FirstOrDefault();
}
