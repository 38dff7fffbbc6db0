using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace JellyBean.Runtime.Tests.Links;

/// <summary>A slow line on loopback: what is sent arrives later by a delay, and no faster than a rate, each way. A stand-in for a network, labelled as such.</summary>
internal sealed class SlowRelay : IAsyncDisposable
{
    // What such a line has in its buffers: more, and the sender would not notice it.
    private const int MostOnTheWay = 64;
    private const int ChunkBytes = 4 * 1024;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly NodeAddress _target;
    private readonly TimeSpan _delay;
    private double _bitsPerSecond;
    private readonly Task _accepting;

    /// <param name="target">Where it leads.</param>
    /// <param name="delay">For how long everything is on the way.</param>
    /// <param name="bitsPerSecond">The rate, each way.</param>
    /// <param name="listen">Where it begins; any port of loopback unless given.</param>
    public SlowRelay(NodeAddress target, TimeSpan delay, double bitsPerSecond, IPEndPoint? listen = null)
    {
        (_target, _delay, _bitsPerSecond) = (target, delay, bitsPerSecond);
        _listener.Bind(listen ?? new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Address = new NodeAddress(((IPEndPoint)_listener.LocalEndPoint!).Address.ToString(), ((IPEndPoint)_listener.LocalEndPoint!).Port);
        _accepting = AcceptAsync();
    }

    public NodeAddress Address { get; }

    /// <summary>The rate, each way, of what comes from now on.</summary>
    public double BitsPerSecond
    {
        get => Volatile.Read(ref _bitsPerSecond);
        set => Volatile.Write(ref _bitsPerSecond, value);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var near = await _listener.AcceptAsync(_stop.Token);
            _ = JoinAsync(near);
        }
    }

    private async Task JoinAsync(Socket near)
    {
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (near)
        {
            near.NoDelay = true;
            try
            {
                await far.ConnectAsync(_target.Host, _target.Port, _stop.Token);
                await Task.WhenAll(PassAsync(near, far), PassAsync(far, near));
            }
            catch (Exception cause) when (cause is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // One end is gone: so is the other.
            }
        }
    }

    private async Task PassAsync(Socket from, Socket to)
    {
        var line = Channel.CreateBounded<(long Due, byte[] Bytes)>(MostOnTheWay);
        var reading = ReadAsync();
        await foreach (var (due, bytes) in line.Reader.ReadAllAsync(_stop.Token))
        {
            var early = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
            if (early > TimeSpan.Zero)
            {
                await Task.Delay(early, _stop.Token);
            }

            await to.SendAsync(bytes, _stop.Token);
        }

        await reading;
        to.Shutdown(SocketShutdown.Send);

        async Task ReadAsync()
        {
            var buffer = new byte[ChunkBytes];
            var free = Stopwatch.GetTimestamp();
            try
            {
                while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var read)
                {
                    free = Math.Max(free, Stopwatch.GetTimestamp()) + (long)(read * 8 / BitsPerSecond * Stopwatch.Frequency);
                    await line.Writer.WriteAsync((free + (long)(_delay.TotalSeconds * Stopwatch.Frequency), buffer[..read]), _stop.Token);
                }

                line.Writer.Complete();
            }
            catch (Exception cause)
            {
                line.Writer.Complete(cause);
            }
        }
    }
}
