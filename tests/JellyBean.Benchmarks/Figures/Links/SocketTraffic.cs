using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using JellyBean.Runtime;
using JellyBean.Runtime.Links;

namespace JellyBean.Benchmarks.Figures.Links;

/// <summary>The control: the same bytes over a blocking socket, with a number and a time stamp before them, and nothing else.</summary>
internal static class SocketTraffic
{
    private const int HeadBytes = 16;

    public static Task SendAsync(NodeAddress to, LinkLoad load, TimeSpan? pace = null) => OnThread(() =>
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(to.Host, to.Port);
        using var certificates = LinkCertificates.Load(load.Certificates);
        using var plain = new NetworkStream(socket);
        using Stream stream = certificates is null ? plain : new SslStream(plain);
        (stream as SslStream)?.AuthenticateAsClient(LinkTls.ForDialling(certificates!, to.Host));
        var frames = Enumerable.Range(0, 256).Select(i =>
        {
            var frame = new byte[HeadBytes + load.Bytes];
            frame.AsSpan(HeadBytes).Fill((byte)i);
            return frame;
        }).ToArray();
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < load.Elements; i++)
        {
            if (pace is { } between && i * between - Stopwatch.GetElapsedTime(began) is { Ticks: > 0 } early)
            {
                Thread.Sleep(early);
            }

            var frame = frames[i % frames.Length];
            BinaryPrimitives.WriteInt64LittleEndian(frame, i);
            BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(8), Stopwatch.GetTimestamp());
            stream.Write(frame);
        }

        // Until the peer has closed: what it has not read yet would be lost.
        socket.Shutdown(SocketShutdown.Send);
        var rest = new byte[4096];
        while (socket.Receive(rest) > 0)
        {
        }
    });

    public static Task ReceiveAsync(LinkLoad load, Arrivals arrivals) => OnThread(() =>
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Console.WriteLine(new NodeAddress("127.0.0.1", ((IPEndPoint)listener.LocalEndPoint!).Port));
        using var socket = listener.Accept();
        using var certificates = LinkCertificates.Load(load.Certificates);
        using var plain = new NetworkStream(socket);
        using Stream stream = certificates is null ? plain : new SslStream(plain);
        (stream as SslStream)?.AuthenticateAsServer(LinkTls.ForListening(certificates!));
        var frame = new byte[HeadBytes + load.Bytes];
        for (var i = 0; i < load.Elements; i++)
        {
            stream.ReadExactly(frame);
            arrivals.Add(BinaryPrimitives.ReadInt64LittleEndian(frame), BinaryPrimitives.ReadInt64LittleEndian(frame.AsSpan(8)), frame.AsSpan(HeadBytes));
        }

        arrivals.Print();
    });

    // Blocking is the point of it: not on a thread of the pool.
    private static Task OnThread(Action run) => Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
