using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace JellyBean.EndToEnd.Tests.Rig;

/// <summary>Where processes of the rig wait until the test lets them pass: a socket in a folder that all of them know. Open unless closed.</summary>
internal sealed class RigGate : IAsyncDisposable
{
    /// <summary>A model is about to load.</summary>
    public const string Loading = "loading";

    /// <summary>State is about to be written.</summary>
    public const string State = "state";

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Lock _sync = new();
    private readonly List<(string What, int Process, Socket Waits)> _waiting = [];
    private readonly HashSet<string> _closed = [];
    private readonly Task _accepting;
    private TaskCompletionSource _arrived = New();

    public RigGate(string folder)
    {
        _listener.Bind(At(folder));
        _listener.Listen(64);
        _accepting = AcceptAsync();
    }

    /// <summary>What a process of the rig does: waits until it may go on. Where there is no test any more, it may.</summary>
    public static void Pass(string folder, string what)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(At(folder));
            socket.Send(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{what} {Environment.ProcessId}\n")));
            socket.Receive(new byte[1]);
        }
        catch (SocketException)
        {
            // The test has ended.
        }
    }

    /// <summary>From now on, whoever comes waits.</summary>
    public void Close(string what)
    {
        lock (_sync)
        {
            _closed.Add(what);
        }
    }

    /// <summary>Lets all pass.</summary>
    public void Open(string what)
    {
        List<Socket> passing;
        lock (_sync)
        {
            _closed.Remove(what);
            passing = [.. _waiting.Where(w => w.What == what).Select(w => w.Waits)];
            _waiting.RemoveAll(w => w.What == what);
        }

        passing.ForEach(s => s.Dispose());
    }

    /// <summary>Waits until one of these processes waits.</summary>
    /// <returns>The process.</returns>
    public async Task<int> WaitsAsync(string what, IReadOnlyCollection<int> processes, CancellationToken deadline)
    {
        while (true)
        {
            Task arrived;
            lock (_sync)
            {
                if (_waiting.FirstOrDefault(w => w.What == what && processes.Contains(w.Process)) is { Process: not 0 } found)
                {
                    return found.Process;
                }

                arrived = _arrived.Task;
            }

            await arrived.WaitAsync(deadline);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        Open(Loading);
        Open(State);
    }

    private static UnixDomainSocketEndPoint At(string folder) => new(Path.Combine(folder, "gate"));

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync();
                using var reader = new StreamReader(new NetworkStream(socket, ownsSocket: false), Encoding.ASCII);
                if ((await reader.ReadLineAsync())?.Split(' ') is [var what, var process] && Keep(what, int.Parse(process, CultureInfo.InvariantCulture), socket))
                {
                    continue;
                }

                socket.Dispose();
            }
        }
        catch (Exception cause) when (cause is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Nobody listens any more.
        }
    }

    private bool Keep(string what, int process, Socket socket)
    {
        lock (_sync)
        {
            if (!_closed.Contains(what))
            {
                return false;
            }

            _waiting.Add((what, process, socket));
            _arrived.SetResult();
            _arrived = New();
            return true;
        }
    }
}
