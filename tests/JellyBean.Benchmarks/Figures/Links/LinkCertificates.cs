using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JellyBean.Runtime.Security;

namespace JellyBean.Benchmarks.Figures.Links;

/// <summary>Certificates for both processes of a measurement, in a folder.</summary>
internal static class LinkCertificates
{
    public static NodeCertificates? Load(string? folder) =>
        folder is null ? null : NodeCertificates.Load(Path.Combine(folder, "node.pem"), Path.Combine(folder, "node.key"), Path.Combine(folder, "authority.pem"), null);

    /// <summary>Makes an authority and a node's certificate in a new folder, which the caller deletes.</summary>
    public static string Make()
    {
        var folder = Directory.CreateTempSubdirectory("link-certificates-").FullName;
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=figure authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = authorityRequest.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=node", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var node = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(12), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(Path.Combine(folder, "authority.pem"), authority.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "node.pem"), node.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "node.key"), key.ExportPkcs8PrivateKeyPem());
        return folder;
    }
}
