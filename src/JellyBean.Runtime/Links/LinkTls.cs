using System.Net.Security;
using System.Security.Authentication;
using JellyBean.Runtime.Security;

namespace JellyBean.Runtime.Links;

/// <summary>Mutual TLS on links: both ends show a certificate, and the one that was dialled must name the host by which it was.</summary>
internal static class LinkTls
{
    private const SslProtocols Protocols = SslProtocols.Tls12 | SslProtocols.Tls13;

    public static SslClientAuthenticationOptions ForDialling(NodeCertificates certificates, string host) => new()
    {
        TargetHost = host,
        ClientCertificateContext = SslStreamCertificateContext.Create(certificates.Own, null, offline: true),
        EnabledSslProtocols = Protocols,
        RemoteCertificateValidationCallback = certificates.Validate,
    };

    public static SslServerAuthenticationOptions ForListening(NodeCertificates certificates) => new()
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(certificates.Own, null, offline: true),
        ClientCertificateRequired = true,
        EnabledSslProtocols = Protocols,
        RemoteCertificateValidationCallback = certificates.Validate,
    };
}
