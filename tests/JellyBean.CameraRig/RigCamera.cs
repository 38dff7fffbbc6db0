using System.Net;
using System.Net.Sockets;

namespace JellyBean.CameraRig;

/// <summary>A camera on loopback that can be made to misbehave. Stopping and beginning it keeps its address.</summary>
public abstract class RigCamera : IAsyncDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(200);
    private readonly Lock _lock = new();
    private CancellationTokenSource _stopped = new();
    private Publisher? _publisher;

    private protected RigCamera(string clip) => Clip = clip;

    /// <summary>Where it is.</summary>
    public abstract string Uri { get; }

    /// <summary>What it shows; takes effect when it begins again.</summary>
    public string Clip { get; set; }

    /// <summary>Share of the bytes of pictures that are flipped on their way; where the camera's protocol goes through the rig.</summary>
    public double Garble { get; set; }

    /// <summary>Most bytes a second; 0 for no limit. Where the camera's protocol goes through the rig.</summary>
    public int BytesPerSecond { get; set; }

    /// <summary>Makes a camera; it begins with <see cref="Start"/>.</summary>
    /// <param name="protocol">rtsp, tcp, udp, srt, rtmp, hls, mjpeg.</param>
    /// <param name="clip">What it shows.</param>
    public static RigCamera Create(string protocol, string clip) => protocol switch
    {
        "rtsp" => new RtspRigCamera(clip),
        "tcp" => new FanOutRigCamera(clip, isHttp: false),
        "mjpeg" => new FanOutRigCamera(clip, isHttp: true),
        "udp" or "srt" or "rtmp" => new PushRigCamera(clip, protocol),
        "hls" => new HlsRigCamera(clip),
        _ => throw new ArgumentException($"Protocol '{protocol}' is unknown; allowed: rtsp, tcp, udp, srt, rtmp, hls, mjpeg.", nameof(protocol)),
    };

    /// <summary>Begins, or begins again.</summary>
    public void Start()
    {
        OnStart();
        _stopped = new CancellationTokenSource();
        Publish(_stopped.Token);
    }

    /// <summary>Stops it dead, as if its cable were cut: connections break, nobody answers.</summary>
    public async Task StopAsync()
    {
        lock (_lock)
        {
            _stopped.Cancel();
            _publisher?.Thaw();
            _publisher?.Dispose();
            _publisher = null;
        }

        await OnStopAsync();
    }

    /// <summary>Freezes what makes the pictures: connections stay, nothing comes.</summary>
    public void Freeze()
    {
        lock (_lock)
        {
            _publisher?.Freeze();
        }
    }

    /// <summary>Ends <see cref="Freeze"/>.</summary>
    public void Thaw()
    {
        lock (_lock)
        {
            _publisher?.Thaw();
        }
    }

    /// <inheritdoc />
    public virtual async ValueTask DisposeAsync()
    {
        await StopAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Whether what makes the pictures is begun again when it has ended by itself.</summary>
    private protected virtual bool StartsAgain => false;

    private protected abstract Publisher NewPublisher();

    private protected virtual void OnStart()
    {
    }

    private protected virtual void OnPublishing(Publisher publisher)
    {
    }

    private protected virtual Task OnStopAsync() => Task.CompletedTask;

    /// <summary>Bytes as they leave the camera: garbled and slowed down as it is told.</summary>
    private protected async ValueTask SpoilAsync(Memory<byte> bytes, Random random, CancellationToken cancellationToken)
    {
        var garble = Garble;
        for (var i = 0; garble > 0 && i < bytes.Length; i++)
        {
            if (random.NextDouble() < garble)
            {
                bytes.Span[i] ^= (byte)(1 << random.Next(8));
            }
        }

        if (BytesPerSecond is > 0 and var most)
        {
            // A line of this bandwidth: the wait is what is simulated.
            await Task.Delay(TimeSpan.FromSeconds((double)bytes.Length / most), cancellationToken);
        }
    }

    private void Publish(CancellationToken stopped)
    {
        lock (_lock)
        {
            if (stopped.IsCancellationRequested)
            {
                return;
            }

            _publisher?.Dispose();
            _publisher = NewPublisher();
            OnPublishing(_publisher);
            if (StartsAgain)
            {
                _ = WatchAsync(_publisher.Ended, stopped);
            }
        }
    }

    private async Task WatchAsync(Task ended, CancellationToken stopped)
    {
        try
        {
            await ended.WaitAsync(stopped);
            await Task.Delay(Again, stopped);
            Publish(stopped);
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
