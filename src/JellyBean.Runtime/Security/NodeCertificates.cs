using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace JellyBean.Runtime.Security;

/// <summary>What a node proves itself with, and whom it believes: one set for control and for links.</summary>
/// <remarks>Thread-safe. Both ends of every connection show a certificate; only those that the authority has signed are believed, whatever the system's own store says.</remarks>
public sealed class NodeCertificates : IDisposable
{
    /// <summary>Takes certificates that were loaded.</summary>
    /// <param name="own">The node's own, with its private key; takes ownership.</param>
    /// <param name="authorities">Those whose signature is believed, at least one; takes ownership.</param>
    public NodeCertificates(X509Certificate2 own, X509Certificate2Collection authorities)
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(authorities);
        Own = own;
        Authorities = authorities;
    }

    /// <summary>The node's own certificate, with its private key.</summary>
    public X509Certificate2 Own { get; }

    /// <summary>Those whose signature is believed.</summary>
    public X509Certificate2Collection Authorities { get; }

    /// <summary>Reads certificates from files.</summary>
    /// <param name="certificate">The node's own: PEM, or PFX where the name ends in <c>.pfx</c> or <c>.p12</c>.</param>
    /// <param name="key">Its private key as PEM; null where the certificate's file has it.</param>
    /// <param name="authority">The authority's certificates, PEM.</param>
    /// <param name="password">Opens a PFX or an encrypted key; null where none is needed.</param>
    /// <exception cref="CryptographicException">A file is missing or is not what it should be; the message names it.</exception>
    public static NodeCertificates Load(string certificate, string? key, string authority, string? password)
    {
        var own = Read(certificate, () => LoadOwn(certificate, key, password));
        try
        {
            if (!own.HasPrivateKey)
            {
                throw new CryptographicException($"'{certificate}' has no private key. Name the file that has it.");
            }

            var authorities = Read(authority, () =>
            {
                var loaded = new X509Certificate2Collection();
                loaded.ImportFromPemFile(authority);
                return loaded;
            });
            return authorities.Count > 0 ? new NodeCertificates(own, authorities) : throw new CryptographicException($"'{authority}' has no certificate; expected at least one as PEM.");
        }
        catch
        {
            own.Dispose();
            throw;
        }
    }

    /// <summary>Decides about a peer's certificate; fits <see cref="RemoteCertificateValidationCallback"/>.</summary>
    /// <param name="sender">Not used.</param>
    /// <param name="certificate">What the peer shows.</param>
    /// <param name="chain">Not used: the chain is built anew, from this set's authorities alone.</param>
    /// <param name="errors">What the system found; of it, only a name that does not fit the host counts.</param>
    public bool Validate(object? sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate is not null && !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) && IsSigned(certificate);

    /// <inheritdoc />
    public void Dispose()
    {
        Own.Dispose();
        foreach (var authority in Authorities)
        {
            authority.Dispose();
        }
    }

    private bool IsSigned(X509Certificate certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Authorities);

        // A private authority publishes no revocations; a node is shut out by a new authority.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (certificate is X509Certificate2 full)
        {
            return chain.Build(full);
        }

        using var copy = X509CertificateLoader.LoadCertificate(certificate.Export(X509ContentType.Cert));
        return chain.Build(copy);
    }

    private static X509Certificate2 LoadOwn(string certificate, string? key, string? password)
    {
        if (Path.GetExtension(certificate).ToLowerInvariant() is ".pfx" or ".p12")
        {
            return X509CertificateLoader.LoadPkcs12FromFile(certificate, password);
        }

        // An ephemeral key is no good to TLS on every system; one that went through PFX is.
        using var pem = password is null ? X509Certificate2.CreateFromPemFile(certificate, key) : X509Certificate2.CreateFromEncryptedPemFile(certificate, password, key);
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null);
    }

    private static T Read<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception cause) when (cause is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new CryptographicException($"The certificate file '{file}' cannot be used: {cause.Message}", cause);
        }
    }
}
