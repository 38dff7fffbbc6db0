using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace JellyBean.Vision.Cameras;

/// <summary>Passes an RTSP connection on between the decoder and a camera, and hears what the camera reports of its clock, which the decoder keeps to itself. For one connection; disposing ends it.</summary>
internal sealed class RtspRelay : IAsyncDisposable
{
    private const int Piece = 1 << 16;

    // The decoder is started next.
    private static readonly TimeSpan MostAwaited = TimeSpan.FromSeconds(30);

    private readonly TcpClient _camera;
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _passing;

    private RtspRelay(TcpClient camera)
    {
        _camera = camera;
        _listener = new TcpListener(IPAddress.Loopback, 0);
        _listener.Start(1);
        Place = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _passing = PassAsync();
    }

    /// <summary>Where the decoder finds the camera: host and port.</summary>
    public string Place { get; }

    /// <summary>What is heard.</summary>
    public RtpClock Clock { get; } = new();

    /// <returns>Null where the camera cannot be reached: the decoder says best why.</returns>
    public static async Task<RtspRelay?> OpenAsync(string host, int port, TimeSpan patience, CancellationToken cancellationToken)
    {
        var camera = new TcpClient { NoDelay = true };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            await camera.ConnectAsync(host, port, limit.Token);
            return new RtspRelay(camera);
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            camera.Dispose();
            return null;
        }
        catch
        {
            camera.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _passing;
        _end.Dispose();
    }

    private async Task PassAsync()
    {
        try
        {
            using var camera = _camera;
            using var listener = _listener;
            using var decoder = await AcceptAsync();

            // Nobody else is let through to the camera.
            listener.Stop();
            using var over = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
            var there = PassAsync(decoder.GetStream(), camera.GetStream(), null, over);
            await PassAsync(camera.GetStream(), decoder.GetStream(), new RtspScanner(Clock), over);
            await there;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or InvalidOperationException)
        {
            // Ended, by whichever of the three: the decoder sees it.
        }
    }

    private async Task<TcpClient> AcceptAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        limit.CancelAfter(MostAwaited);
        var decoder = await _listener.AcceptTcpClientAsync(limit.Token);
        decoder.NoDelay = true;
        return decoder;
    }

    private static async Task PassAsync(NetworkStream from, NetworkStream to, RtspScanner? scanner, CancellationTokenSource over)
    {
        var bytes = new byte[Piece];
        try
        {
            while (await from.ReadAsync(bytes, over.Token) is > 0 and var read)
            {
                // First what is heard of it: a frame is decoded at the earliest when it has been passed on.
                scanner?.Read(bytes.AsSpan(0, read));
                await to.WriteAsync(bytes.AsMemory(0, read), over.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // One way has ended, so the other has.
        }
        finally
        {
            await over.CancelAsync();
        }
    }
}
