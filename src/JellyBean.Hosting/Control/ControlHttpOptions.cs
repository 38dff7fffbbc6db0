using System.Net;
using JellyBean.Runtime;

namespace JellyBean.Hosting.Control;

/// <summary>Where a node that may coordinate serves commands by HTTP, and whom it believes.</summary>
internal sealed record ControlHttpOptions
{
    /// <summary>Shortest token: guessing it must be hopeless.</summary>
    public const int LeastToken = 32;

    /// <summary>Where it listens: an IP address of this machine and a port; port 0 lets the system choose.</summary>
    public required NodeAddress Listen { get; init; }

    /// <summary>The file with the token that clients show; null where they need none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Whether clients show a certificate of the nodes' authority.</summary>
    public bool NeedsCertificate { get; init; }

    /// <summary>The host by which clients reach it, where that is not the one it listens on.</summary>
    public string? AdvertisedHost { get; init; }

    /// <summary>Whether what is said is encrypted: always, unless nothing can leave this machine.</summary>
    public bool UsesTls => NeedsCertificate || !(IPAddress.TryParse(Listen.Host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>Everything that is wrong, with what is allowed; empty if nothing is.</summary>
    /// <param name="hasCertificates">Whether the node has certificates.</param>
    public IEnumerable<string> Problems(bool hasCertificates)
    {
        if (!IPAddress.TryParse(Listen.Host, out var address))
        {
            yield return $"jellybean.control.http.listen is '{Listen}'; allowed: an IP address of this machine and a port, as in 127.0.0.1:8080.";
        }
        else if (AdvertisedHost is null && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
        {
            yield return $"jellybean.control.http.listen is '{Listen}', every address of this machine; then jellybean.node.advertise must say by which host others reach it.";
        }

        if (TokenFile is null && !NeedsCertificate)
        {
            yield return "jellybean.control.http lets anyone command the cluster; allowed: token-file = FILE, certificate = required, or both.";
        }

        if (UsesTls && !hasCertificates)
        {
            yield return $"jellybean.control.http is to listen at '{Listen}'{(NeedsCertificate ? " and to ask for certificates" : ", which others can reach")}, but the node has no certificates. Give it some (the command 'certificates' makes them).";
        }
    }
}
