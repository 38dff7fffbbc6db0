using System.Net;
using System.Net.Sockets;

namespace JellyBean.Runtime.Tests.Links;

/// <summary>Passes bytes on between links, and cuts connections when it is told to, wherever a frame may be just then.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly NodeAddress _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<Socket> _open = [];
    private readonly Task _accepting;
    private long _passed;
    private long _cutAt = long.MaxValue;

    public CuttingProxy(NodeAddress target)
    {
        _target = target;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Address = new NodeAddress("127.0.0.1", ((IPEndPoint)_listener.LocalEndPoint!).Port);
        _accepting = AcceptAsync();
    }

    public NodeAddress Address { get; }

    /// <summary>Cuts made.</summary>
    public int Cuts { get; private set; }

    /// <summary>Where, in bytes passed on altogether, the next cuts are; in growing order.</summary>
    public Queue<long> CutsAt
    {
        init
        {
            _cuts = value;
            _cutAt = value.Count > 0 ? value.Dequeue() : long.MaxValue;
        }
    }

    private readonly Queue<long> _cuts = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        Cut();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    /// <summary>Cuts whatever is connected.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            foreach (var socket in _open)
            {
                // Reset, not closed in an orderly way: what is on the way is gone.
                socket.LingerState = new LingerOption(true, 0);
                socket.Dispose();
            }

            _open.Clear();
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var near = await _listener.AcceptAsync(_stop.Token);
            var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            near.NoDelay = true;
            await far.ConnectAsync(_target.Host, _target.Port);
            lock (_gate)
            {
                _open.AddRange([near, far]);
            }

            _ = PassAsync(near, far);
            _ = PassAsync(far, near);
        }
    }

    private async Task PassAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var read)
            {
                if (Interlocked.Add(ref _passed, read) >= Volatile.Read(ref _cutAt))
                {
                    lock (_gate)
                    {
                        if (_passed >= _cutAt)
                        {
                            Cuts++;
                            Volatile.Write(ref _cutAt, _cuts.TryDequeue(out var next) ? next : long.MaxValue);
                            SendSome(to, buffer.AsSpan(0, read / 2));
                            Cut();
                            return;
                        }
                    }
                }

                await to.SendAsync(buffer.AsMemory(0, read));
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception cause) when (cause is SocketException or ObjectDisposedException)
        {
            Cut();
        }

        // Half of what has come still arrives: cuts are within frames.
        static void SendSome(Socket to, ReadOnlySpan<byte> bytes)
        {
            to.Blocking = false;
            to.Send(bytes, SocketFlags.None, out _);
        }
    }
}
