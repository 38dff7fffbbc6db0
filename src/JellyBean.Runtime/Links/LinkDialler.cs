using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using JellyBean.Runtime.Security;

namespace JellyBean.Runtime.Links;

/// <summary>Connects to other nodes' endpoints, with TLS where this node has a certificate.</summary>
internal sealed class LinkDialler(LinkOptions options, NodeCertificates? certificates)
{
    /// <exception cref="LinkException">It would leave this machine in plaintext, which is not allowed.</exception>
    /// <exception cref="IOException">It cannot be reached, or its certificate is not trusted.</exception>
    public async Task<Stream> DialAsync(NodeAddress address, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, cancellationToken).ConfigureAwait(false);
            if (certificates is not null)
            {
                return await SecureAsync(new NetworkStream(socket, ownsSocket: true), address.Host, certificates, cancellationToken).ConfigureAwait(false);
            }

            return options.AllowsPlaintext || (socket.RemoteEndPoint is IPEndPoint { Address: var found } && IPAddress.IsLoopback(found))
                ? new NetworkStream(socket, ownsSocket: true)
                : throw new LinkException($"{address} is another machine, and this node has no certificate. Give every node one, or set {nameof(LinkOptions.AllowsPlaintext)} if anyone on the network may read and forge frames.");
        }
        catch (SocketException cause)
        {
            socket.Dispose();
            throw new IOException($"{address} cannot be reached: {cause.Message}", cause);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<Stream> SecureAsync(NetworkStream plain, string host, NodeCertificates certificates, CancellationToken cancellationToken)
    {
        var stream = new SslStream(plain);
        try
        {
            await stream.AuthenticateAsClientAsync(LinkTls.ForDialling(certificates, host), cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch (System.Security.Authentication.AuthenticationException cause)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw new IOException($"{host} and this node do not trust each other's certificates: {cause.Message}", cause);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
