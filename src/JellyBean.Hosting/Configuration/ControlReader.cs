using JellyBean.Hosting.Control;
using JellyBean.Runtime;

namespace JellyBean.Hosting.Configuration;

/// <summary>Reads how a node serves commands.</summary>
internal static class ControlReader
{
    /// <param name="keys">The section <c>jellybean.control</c>.</param>
    /// <param name="advertise">The host by which others reach the node; null for the one that it listens on.</param>
    /// <returns>Null where commands are not served by HTTP.</returns>
    public static ControlHttpOptions? Read(SectionReader keys, string? advertise)
    {
        var http = keys.Section("http");
        keys.RejectUnknown();
        if (!http.IsPresent)
        {
            return null;
        }

        const string Allowed = "an IP address of this machine and a port, as in 127.0.0.1:8080";
        var listen = http.RequiredText("listen", Allowed);
        if (!NodeAddress.TryParse(listen, out var address) && listen.Length > 0)
        {
            http.Reject("listen", $"is '{listen}'", Allowed);
        }

        var options = new ControlHttpOptions
        {
            Listen = address,
            TokenFile = http.Text("token-file"),
            NeedsCertificate = http.Choice("certificate", ("required", true), ("none", false)) ?? false,
            AdvertisedHost = advertise,
        };
        http.RejectUnknown();
        return options;
    }
}
