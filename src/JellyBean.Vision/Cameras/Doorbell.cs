using System.Net;
using System.Net.Sockets;

namespace JellyBean.Vision.Cameras;

/// <summary>
/// Waits until a camera that is away is worth another decoder. Where nobody listens at its address, that is asked several times a second, which costs two packets, where a decoder costs a process: so one
/// begins the moment that the camera is back.
/// </summary>
/// <param name="camera">Whose.</param>
/// <param name="address">Where it is.</param>
/// <param name="options">How patient its supervision is.</param>
/// <param name="time">For waits.</param>
internal sealed class Doorbell(CameraOptions camera, CameraAddress address, SupervisionOptions options, TimeProvider time)
{
    private readonly DnsEndPoint? _door = camera.Listen ? null : DoorOf(address);

    /// <summary>Waits before the next decoder.</summary>
    /// <param name="wait">How long, where somebody listens all the same, or nobody can tell.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task WaitAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        if (_door is not { } door || await IsAnsweredAsync(door, cancellationToken))
        {
            await Task.Delay(wait, time, cancellationToken);
            return;
        }

        // For so long only: the decoder may know a way that this does not, such as a proxy.
        var since = time.GetTimestamp();
        do
        {
            await Task.Delay(options.KnockEvery * (1 - (options.Jitter * Random.Shared.NextDouble())), time, cancellationToken);
        }
        while (time.GetElapsedTime(since) < options.MostKnocking && !await IsAnsweredAsync(door, cancellationToken));
    }

    private async Task<bool> IsAnsweredAsync(DnsEndPoint door, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(options.KnockPatience, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            foreach (var host in await Dns.GetHostAddressesAsync(door.Host, limit.Token))
            {
                if (await IsAnsweredAsync(new IPEndPoint(host, door.Port), limit.Token))
                {
                    return true;
                }
            }
        }
        catch (SocketException)
        {
            // Nobody knows its name, now.
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Not even a refusal: its host is away, too.
        }

        return false;
    }

    private static async Task<bool> IsAnsweredAsync(IPEndPoint door, CancellationToken cancellationToken)
    {
        using var socket = new Socket(door.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(door, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Host and port of a camera that can be asked. Only of servers that take any number of connections: who sends a transport stream to whoever connects may take just one.</summary>
    public static DnsEndPoint? DoorOf(CameraAddress address)
    {
        if (address.Kind is not (CameraKind.Rtsp or CameraKind.Rtmp or CameraKind.Hls or CameraKind.Http))
        {
            return null;
        }

        var uri = new Uri(address.Text);
        var port = uri.Port > 0 ? uri.Port : uri.Scheme switch { "rtsp" => 554, "rtsps" => 322, "rtmp" => 1935, "rtmps" => 443, _ => -1 };
        return port > 0 ? new DnsEndPoint(uri.IdnHost.Trim('[', ']'), port) : null;
    }
}
