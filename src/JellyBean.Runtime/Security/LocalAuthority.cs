using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace JellyBean.Runtime.Security;

/// <summary>An authority of one's own in a folder: <c>ca.pem</c>, <c>ca.key</c>, and a file with certificate and key for each node.</summary>
/// <remarks>For trying things out and for small sites; larger ones have an authority. Elliptic curve P-256; the authority is valid for ten years, nodes for two.</remarks>
public sealed class LocalAuthority : IDisposable
{
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    private readonly string _folder;
    private readonly X509Certificate2 _certificate;

    private LocalAuthority(string folder, X509Certificate2 certificate)
    {
        _folder = folder;
        _certificate = certificate;
    }

    /// <summary>The authority's certificate: every node needs it.</summary>
    public string CertificatePath => Path.Combine(_folder, "ca.pem");

    /// <summary>The authority's key: no node needs it.</summary>
    public string KeyPath => Path.Combine(_folder, "ca.key");

    /// <summary>Opens the authority of a folder, or makes one where there is none.</summary>
    /// <exception cref="CryptographicException">What is there is no authority.</exception>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    public static LocalAuthority OpenOrCreate(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        Directory.CreateDirectory(folder);
        var (certificate, key) = (Path.Combine(folder, "ca.pem"), Path.Combine(folder, "ca.key"));
        if (!File.Exists(certificate))
        {
            Create(certificate, key);
        }

        return new LocalAuthority(folder, X509Certificate2.CreateFromPemFile(certificate, key));
    }

    /// <summary>Makes a node's certificate and key, in one file.</summary>
    /// <param name="name">The node's.</param>
    /// <param name="hosts">Names and addresses by which it is reached.</param>
    /// <returns>The file.</returns>
    public string Issue(string name, IEnumerable<string> hosts)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(hosts);
        if (name.IndexOfAny(Path.GetInvalidFileNameChars()) >= 0 || name is "ca")
        {
            throw new ArgumentException($"A node cannot be called '{name}': that is no name for its file.", nameof(name));
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));

        // Every node is client and server alike.
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        request.CertificateExtensions.Add(NamesOf(hosts));
        var now = DateTimeOffset.UtcNow;
        var until = now.AddYears(2) < _certificate.NotAfter ? now.AddYears(2) : new DateTimeOffset(_certificate.NotAfter);
        using var certificate = request.Create(_certificate, now - Backdated, until, RandomNumberGenerator.GetBytes(16));
        var path = Path.Combine(_folder, $"{name}.pem");
        WriteSecret(path, $"{certificate.ExportCertificatePem()}{Environment.NewLine}{key.ExportPkcs8PrivateKeyPem()}{Environment.NewLine}");
        return path;
    }

    /// <inheritdoc />
    public void Dispose() => _certificate.Dispose();

    private static void Create(string certificatePath, string keyPath)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=JellyBean local authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow - Backdated, DateTimeOffset.UtcNow.AddYears(10));
        WriteSecret(keyPath, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(certificatePath, certificate.ExportCertificatePem());
    }

    private static SubjectAlternativeNameBuilder Names(IEnumerable<string> hosts)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }

        return names;
    }

    private static X509Extension NamesOf(IEnumerable<string> hosts) => Names(hosts).Build();

    private static void WriteSecret(string path, string text)
    {
        // Made with its mode: no moment in which others may read it.
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }
}
