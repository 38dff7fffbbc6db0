using System.Net;
using System.Net.Sockets;
using JellyBean.Vision.Cameras;

namespace JellyBean.Vision.Tests.Cameras;

public sealed class DoorbellTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Never = TimeSpan.FromDays(1);

    [Theory]
    [InlineData("rtsp://user:secret@127.0.0.1:{0}/live")]
    [InlineData("http://localhost:{0}/pictures")]
    [InlineData("rtmp://127.0.0.1:{0}/live")]
    public async Task Wait_ends_when_somebody_listens_again(string uri)
    {
        using var door = NewDoor(out var port);
        var clock = new Clock();
        var waiting = Doorbell(At(uri, port), new SupervisionOptions { MostKnocking = Never }, clock).WaitAsync(Never, CancellationToken.None);
        await clock.Refused.WaitAsync(Deadline);

        door.Listen();

        await waiting.WaitAsync(Deadline);
    }

    [Fact]
    public async Task Wait_for_nobody_ends_all_the_same()
    {
        using var door = NewDoor(out var port);

        await Doorbell($"rtsp://127.0.0.1:{port}/live", new SupervisionOptions { MostKnocking = TimeSpan.FromMilliseconds(1), KnockEvery = TimeSpan.FromMilliseconds(1) })
            .WaitAsync(Never, CancellationToken.None).WaitAsync(Deadline);
    }

    [Fact]
    public async Task Wait_where_somebody_listens_is_as_long_as_it_is_told()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var end = new CancellationTokenSource();

        var waiting = Doorbell($"rtsp://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/live", new SupervisionOptions()).WaitAsync(Never, end.Token);
        using var asked = await listener.AcceptTcpClientAsync().WaitAsync(Deadline);

        Assert.False(waiting.IsCompleted);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Deadline));
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:{0}", false)]
    [InlineData("rtmp://127.0.0.1:{0}/live", true)]
    public async Task Wait_for_what_takes_one_connection_takes_none(string uri, bool listen)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        await Doorbell(At(uri, ((IPEndPoint)listener.LocalEndpoint).Port), new SupervisionOptions(), listen: listen)
            .WaitAsync(TimeSpan.Zero, CancellationToken.None).WaitAsync(Deadline);

        Assert.False(listener.Pending());
    }

    private static string At(string uri, int port) => uri.Replace("{0}", $"{port}", StringComparison.Ordinal);

    // Nobody else gets the port, and who connects is refused until it listens.
    private static Socket NewDoor(out int port)
    {
        var door = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        door.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        port = ((IPEndPoint)door.LocalEndPoint!).Port;
        return door;
    }

    private static Doorbell Doorbell(string uri, SupervisionOptions options, TimeProvider? clock = null, bool listen = false) =>
        new(new CameraOptions { Name = "gate", Uri = uri, Listen = listen }, CameraAddress.Parse(uri)!, options, clock ?? TimeProvider.System);

    /// <summary>Tells when it is first asked for the time: once nobody has answered.</summary>
    private sealed class Clock : TimeProvider
    {
        private readonly TaskCompletionSource _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Refused => _refused.Task;

        public override long GetTimestamp()
        {
            _refused.TrySetResult();
            return base.GetTimestamp();
        }
    }
}
