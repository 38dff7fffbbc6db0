using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace JellyBean.Runtime;

/// <summary>Where a node listens: a host and a port.</summary>
/// <param name="Host">A name or an IP address, IPv6 without brackets.</param>
/// <param name="Port">0 to 65535; 0 where the system is to choose one.</param>
public readonly record struct NodeAddress(string Host, int Port)
{
    /// <summary>Reads <c>host:port</c>, or <c>[address]:port</c> for IPv6.</summary>
    /// <returns>Whether the text is such an address.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out NodeAddress address)
    {
        address = default;
        var colon = text?.LastIndexOf(':') ?? -1;
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > ushort.MaxValue)
        {
            return false;
        }

        var host = text![..colon];
        if (host is ['[', .. var inner, ']'])
        {
            host = inner;
        }
        else if (host.Contains(':', StringComparison.Ordinal))
        {
            return false;
        }

        address = new NodeAddress(host, port);
        return Uri.CheckHostName(host) != UriHostNameType.Unknown;
    }

    /// <inheritdoc />
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}
