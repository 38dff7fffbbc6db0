using System.Globalization;
using System.Text;

namespace JellyBean.CameraRig;

/// <summary>A playlist of segments of a second, over HTTP.</summary>
internal sealed class HlsRigCamera(string clip) : RigCamera(clip)
{
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
        Clip, "-c", "copy", "-f", "hls", "-hls_time", "1", "-hls_list_size", "4", "-hls_flags", "delete_segments+append_list+omit_endlist", Path.Combine(_folder, "live.m3u8"));

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
            var body = File.Exists(path) ? await File.ReadAllBytesAsync(path, cancellationToken) : null;
            var status = body is null ? "404 Not Found" : "200 OK";
            var answer = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\nContent-Length: {body?.Length ?? 0}\r\n\r\n");
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), cancellationToken);
            await stream.WriteAsync(body ?? [], cancellationToken);
        }
    }
}
