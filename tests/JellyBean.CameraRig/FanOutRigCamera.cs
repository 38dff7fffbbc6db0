using System.Collections.Concurrent;
using System.Threading.Channels;

namespace JellyBean.CameraRig;

/// <summary>What ffmpeg writes, to whoever connects: a transport stream over TCP, or JPEG pictures over HTTP.</summary>
internal sealed class FanOutRigCamera(string clip, bool isHttp) : RigCamera(clip)
{
    private const int Behind = 256;
    private static readonly byte[] Answer = "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=ffmpeg\r\n\r\n"u8.ToArray();
    private static readonly byte[] Boundary = "--ffmpeg\r\n"u8.ToArray();
    private readonly int _port = FreePort();
    private readonly ConcurrentDictionary<Channel<byte[]>, bool> _clients = new();
    private Accepting? _accepting;

    public override string Uri => isHttp ? $"http://127.0.0.1:{_port}/pictures" : $"tcp://127.0.0.1:{_port}";

    private protected override Publisher NewPublisher() => isHttp
        ? new Publisher(Clip, "-c:v", "mjpeg", "-q:v", "5", "-f", "mpjpeg", "-flush_packets", "1", "pipe:1")
        : new Publisher(Clip, "-c", "copy", "-f", "mpegts", "-flush_packets", "1", "pipe:1");

    private protected override void OnStart() => _accepting = new Accepting(_port, ServeAsync);

    private protected override void OnPublishing(Publisher publisher) => _ = PumpAsync(publisher);

    private protected override async Task OnStopAsync()
    {
        if (_accepting is { } accepting)
        {
            await accepting.DisposeAsync();
        }
    }

    private async Task PumpAsync(Publisher publisher)
    {
        var buffer = new byte[188 * 87];
        try
        {
            int read;
            while ((read = await publisher.Output.ReadAsync(buffer)) > 0)
            {
                // Who joins begins with a whole picture, as cameras have it.
                var whole = isHttp ? buffer.AsSpan(0, read).IndexOf(Boundary) : 0;
                foreach (var (client, isJoined) in _clients)
                {
                    if (isJoined || whole >= 0)
                    {
                        client.Writer.TryWrite(buffer[(isJoined ? 0 : whole)..read]);
                        _clients.TryUpdate(client, true, false);
                    }
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The camera was stopped.
        }
    }

    private async Task ServeAsync(Stream stream, CancellationToken cancellationToken)
    {
        var random = new Random(1);
        var mine = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(Behind) { FullMode = BoundedChannelFullMode.DropOldest });
        if (isHttp)
        {
            await RtspRequest.ReadHeadAsync(stream, cancellationToken);
            await stream.WriteAsync(Answer, cancellationToken);
        }

        _clients[mine] = false;
        try
        {
            await foreach (var bytes in mine.Reader.ReadAllAsync(cancellationToken))
            {
                await SpoilAsync(bytes, random, cancellationToken);
                await stream.WriteAsync(bytes, cancellationToken);
            }
        }
        finally
        {
            _clients.TryRemove(mine, out _);
        }
    }
}
