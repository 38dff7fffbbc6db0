using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace JellyBean.EndToEnd.Tests.Security;

/// <summary>Someone on the network who tries what a port of a node lets through.</summary>
internal sealed class Intruder(IPEndPoint at, X509Certificate2 stranger, X509Certificate2 insider, CancellationToken deadline)
{
    private const int Times = 20;
    private const int MostBytes = 1 << 16;

    /// <summary>Everything, many times.</summary>
    public async Task TryAsync()
    {
        var random = new Random(17);
        var recorded = await RecordAsync();
        for (var time = 0; time < Times; time++)
        {
            await ScanAsync();
            await SendAsync(Bytes(random, random.Next(1, MostBytes)));
            await SendAsync([0xff, 0xff, 0xff, 0x7f, .. Bytes(random, 100)]);
            await SendAsync(recorded);
            await GreetAsync(certificate: null, Bytes(random, 100));
            await GreetAsync(stranger, Bytes(random, 100));

            // Whoever has a certificate may still send nonsense: lengths of two gigabytes, and what claims to be a greeting of 65535 bytes.
            await GreetAsync(insider, [0xff, 0xff, 0xff, 0x7f, .. Bytes(random, 100)]);
            await GreetAsync(insider, [0x7f, 0xff, 0xff, 0xff, .. Bytes(random, 100)]);
            await GreetAsync(insider, Bytes(random, MostBytes));
        }
    }

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private async Task ScanAsync()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(at, deadline);
    }

    private async Task SendAsync(byte[] bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(at, deadline);
        await TryAsync(() => client.GetStream().WriteAsync(bytes, deadline).AsTask());
    }

    private async Task GreetAsync(X509Certificate2? certificate, byte[] bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(at, deadline);
        await TryAsync(() => GreetAsync(client.GetStream(), certificate, bytes));
    }

    private async Task GreetAsync(Stream plain, X509Certificate2? certificate, byte[] bytes)
    {
        await using var stream = new SslStream(plain);
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "127.0.0.1",
                ClientCertificates = certificate is null ? null : [certificate],
#pragma warning disable CA5359 // An intruder does not mind whom it talks to.
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
            },
            deadline);
        await stream.WriteAsync(bytes, deadline);
    }

    /// <summary>What a node with a good certificate sends to greet, TLS included.</summary>
    private async Task<byte[]> RecordAsync()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(at, deadline);
        var recording = new Recording(client.GetStream());
        await GreetAsync(recording, insider, RandomNumberGenerator.GetBytes(100));
        return recording.Written;
    }

    // A connection that is broken off is what an intruder is to get.
    private static async Task TryAsync(Func<Task> attempt)
    {
        try
        {
            await attempt();
        }
        catch (Exception refused) when (refused is IOException or SocketException or AuthenticationException)
        {
        }
    }

    private sealed class Recording(Stream inner) : Stream
    {
        private readonly MemoryStream _written = new();

        public byte[] Written => _written.ToArray();

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count)
        {
            _written.Write(buffer, offset, count);
            inner.Write(buffer, offset, count);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _written.Write(buffer.Span);
            return inner.WriteAsync(buffer, cancellationToken);
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
