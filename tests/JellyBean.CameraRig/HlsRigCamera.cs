using System.Globalization;
using System.Text;

namespace JellyBean.CameraRig;

/// <summary>A playlist of segments of a second, over HTTP, which tells when they were taken.</summary>
internal sealed class HlsRigCamera(string clip) : RigCamera(clip)
{
    private const string Length = "#EXTINF:";
    private readonly int _port = FreePort();
    private readonly string _folder = Directory.CreateTempSubdirectory("camera-rig-").FullName;
    private Accepting? _accepting;

    public override string Uri => $"http://127.0.0.1:{_port}/live.m3u8";

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private protected override Publisher NewPublisher() => new(
        Clip, "-c", "copy", "-f", "hls", "-hls_time", "1", "-hls_list_size", "20", "-hls_flags", "delete_segments+append_list+omit_endlist", Path.Combine(_folder, "live.m3u8"));

    private protected override void OnStart() => _accepting = new Accepting(_port, ServeAsync);

    private protected override async Task OnStopAsync()
    {
        if (_accepting is { } accepting)
        {
            await accepting.DisposeAsync();
        }
    }

    private async Task ServeAsync(Stream stream, CancellationToken cancellationToken)
    {
        while (await RtspRequest.ReadHeadAsync(stream, cancellationToken) is { } head)
        {
            var path = Path.Combine(_folder, Path.GetFileName(head.Split(' ')[1].Split('?')[0]));
            var body = !File.Exists(path) ? null
                : path.EndsWith(".m3u8", StringComparison.Ordinal) ? Encoding.UTF8.GetBytes(await DatedAsync(path, cancellationToken))
                : await File.ReadAllBytesAsync(path, cancellationToken);
            var status = body is null ? "404 Not Found" : "200 OK";
            var answer = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\nContent-Length: {body?.Length ?? 0}\r\n\r\n");
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), cancellationToken);
            await stream.WriteAsync(body ?? [], cancellationToken);
        }
    }

    // Not by ffmpeg, which tells whole seconds: a segment is closed when the next one's first picture is taken.
    private async Task<string> DatedAsync(string path, CancellationToken cancellationToken)
    {
        var dated = new StringBuilder();
        var length = TimeSpan.Zero;
        foreach (var line in await File.ReadAllLinesAsync(path, cancellationToken))
        {
            if (line.StartsWith(Length, StringComparison.Ordinal))
            {
                length = TimeSpan.FromSeconds(double.Parse(line[Length.Length..].TrimEnd(','), CultureInfo.InvariantCulture));
            }
            else if (!line.StartsWith('#') && File.Exists(Path.Combine(_folder, line)))
            {
                dated.AppendLine(CultureInfo.InvariantCulture, $"#EXT-X-PROGRAM-DATE-TIME:{File.GetLastWriteTimeUtc(Path.Combine(_folder, line)) - length:yyyy-MM-ddTHH:mm:ss.fffZ}");
            }

            dated.AppendLine(line);
        }

        return dated.ToString();
    }
}
