using System.Net.Sockets;

namespace JellyBean.CameraRig;

/// <summary>Gives fixed bytes to whoever connects, and then nothing more, or the end.</summary>
public sealed class ByteServer : IAsyncDisposable
{
    private readonly Accepting _accepting;

    /// <summary>Begins.</summary>
    /// <param name="bytes">What everybody gets.</param>
    /// <param name="ends">Whether the connection is closed then.</param>
    public ByteServer(byte[] bytes, bool ends = false)
    {
        var port = RigCamera.FreePort();
        Uri = $"tcp://127.0.0.1:{port}";
        _accepting = new Accepting(port, ServeAsync);

        async Task ServeAsync(NetworkStream stream, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(bytes, cancellationToken);
            if (!ends)
            {
                await stream.ReadExactlyAsync(new byte[1], cancellationToken);
            }
        }
    }

    /// <summary>Where it is.</summary>
    public string Uri { get; }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _accepting.DisposeAsync();
}
