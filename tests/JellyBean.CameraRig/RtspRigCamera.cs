using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace JellyBean.CameraRig;

/// <summary>A small RTSP server: what ffmpeg sends as RTP, and reports of its clock, go to whoever plays, within their connection or, without the reports, as datagrams. Asks for a password where it has one.</summary>
public sealed class RtspRigCamera : RigCamera
{
    private const int Behind = 1024;
    private const int LargestPacket = 2048;
    private const string Session = "1";
    private readonly int _port = FreePort();
    private readonly ConcurrentDictionary<Channel<(int Channel, byte[] Packet)>, bool> _clients = new();
    private Socket? _rtp;
    private Socket? _rtcp;
    private Accepting? _accepting;

    /// <inheritdoc cref="RigCamera" />
    public RtspRigCamera(string clip)
        : base(clip)
    {
    }

    /// <summary>What it wants, as <c>user:password</c>; null for nothing.</summary>
    public string? Credentials { get; set; }

    /// <inheritdoc />
    public override string Uri => $"rtsp://127.0.0.1:{_port}/live";

    private const string Description =
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=rig\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:track1\r\n";

    private protected override void OnStart()
    {
        (_rtp, _rtcp) = (Bind(), Bind());
        _ = PumpAsync(_rtp, channel: 0);
        _ = PumpAsync(_rtcp, channel: 1);
        _accepting = new Accepting(_port, ServeAsync);
    }

    private protected override Publisher NewPublisher() =>
        new(Clip, "-c", "copy", "-f", "rtp", $"rtp://127.0.0.1:{PortOf(_rtp!)}?rtcpport={PortOf(_rtcp!)}&pkt_size=1300");

    private protected override async Task OnStopAsync()
    {
        _rtp?.Dispose();
        _rtcp?.Dispose();
        if (_accepting is { } accepting)
        {
            await accepting.DisposeAsync();
        }
    }

    private static Socket Bind()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    private async Task PumpAsync(Socket socket, int channel)
    {
        var packet = new byte[LargestPacket];
        try
        {
            while (true)
            {
                var length = await socket.ReceiveAsync(packet);
                foreach (var client in _clients.Keys)
                {
                    client.Writer.TryWrite((channel, packet.AsSpan(0, length).ToArray()));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The camera was stopped.
        }
    }

    private async Task ServeAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var writing = new SemaphoreSlim(1);
        var (playing, port) = (Task.CompletedTask, 0);
        try
        {
            while (await RtspRequest.ReadHeadAsync(stream, end.Token) is { } head)
            {
                var method = head[..head.IndexOf(' ', StringComparison.Ordinal)];
                var (status, headers, body) = IsAllowed(head) || method == "OPTIONS" ? ("200 OK", "", "") : ("401 Unauthorized", "WWW-Authenticate: Basic realm=\"rig\"\r\n", "");
                if (status.StartsWith('2'))
                {
                    switch (method)
                    {
                        case "OPTIONS":
                            headers = "Public: DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER\r\n";
                            break;
                        case "DESCRIBE":
                            body = Description;
                            headers = $"Content-Type: application/sdp\r\nContent-Base: {Uri}/\r\n";
                            break;
                        case "SETUP":
                            var transport = RtspRequest.Header(head, "Transport")!;
                            port = ClientPort(transport);
                            headers = $"Transport: {(port > 0 ? transport.Split(',')[0] + ";server_port=5000-5001" : "RTP/AVP/TCP;unicast;interleaved=0-1")}\r\nSession: {Session}\r\n";
                            break;
                        default:
                            headers = $"Session: {Session}\r\n";
                            break;
                    }
                }

                var answer = string.Create(CultureInfo.InvariantCulture,
                    $"RTSP/1.0 {status}\r\nCSeq: {RtspRequest.Header(head, "CSeq")}\r\n{headers}{(body.Length > 0 ? $"Content-Length: {body.Length}\r\n" : "")}\r\n{body}");
                await WriteAsync(stream, writing, Encoding.ASCII.GetBytes(answer), end.Token);
                if (method == "PLAY" && status.StartsWith('2'))
                {
                    playing = PlayAsync(stream, writing, port, end.Token);
                }
                else if (method == "TEARDOWN")
                {
                    break;
                }
            }
        }
        finally
        {
            await end.CancelAsync();
            await playing;
        }
    }

    private async Task PlayAsync(NetworkStream stream, SemaphoreSlim writing, int port, CancellationToken cancellationToken)
    {
        var random = new Random(1);
        var mine = Channel.CreateBounded<(int Channel, byte[] Packet)>(new BoundedChannelOptions(Behind) { FullMode = BoundedChannelFullMode.DropOldest });
        using var datagrams = new UdpClient();
        _clients[mine] = true;
        try
        {
            await foreach (var (channel, packet) in mine.Reader.ReadAllAsync(cancellationToken))
            {
                // The head of a packet is what the network gets right.
                await SpoilAsync(packet.AsMemory(channel == 0 ? 12 : packet.Length), random, cancellationToken);
                if (port > 0 && channel > 0)
                {
                    continue;
                }

                if (port > 0)
                {
                    await datagrams.SendAsync(packet, new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
                }
                else
                {
                    await WriteAsync(stream, writing, [(byte)'$', (byte)channel, (byte)(packet.Length >> 8), (byte)packet.Length, .. packet], cancellationToken);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException or SocketException)
        {
            // The client has gone, or the camera has.
        }
        finally
        {
            _clients.TryRemove(mine, out _);
        }
    }

    private static async Task WriteAsync(Stream stream, SemaphoreSlim writing, byte[] bytes, CancellationToken cancellationToken)
    {
        await writing.WaitAsync(cancellationToken);
        try
        {
            await stream.WriteAsync(bytes, cancellationToken);
        }
        finally
        {
            writing.Release();
        }
    }

    private bool IsAllowed(string head) =>
        Credentials is not { } wanted || RtspRequest.Header(head, "Authorization") == "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(wanted));

    private static int ClientPort(string transport)
    {
        const string Label = "client_port=";
        var at = transport.IndexOf(Label, StringComparison.Ordinal);
        return at < 0 || transport.Contains("TCP", StringComparison.Ordinal) ? 0 : int.Parse(transport[(at + Label.Length)..].Split('-', ';')[0], CultureInfo.InvariantCulture);
    }
}
