using System.Net;

namespace JellyBean.Runtime.Links;

/// <summary>How a node's links listen, how much they hold and how patient they are.</summary>
public sealed record LinkOptions
{
    private const int KiB = 1024;
    private const int MiB = 1024 * KiB;

    /// <summary>The IP address to listen on.</summary>
    /// <value>127.0.0.1 unless set: nothing outside this machine can connect. Every address of the machine (<c>0.0.0.0</c> or <c>::</c>) is allowed if <see cref="AdvertisedHost"/> is set.</value>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port to listen on.</summary>
    /// <value>0 to 65535; 0, any free one, unless set.</value>
    public int Port { get; init; }

    /// <summary>The host by which other nodes reach this one, where it is not <see cref="Host"/>.</summary>
    /// <value>A name or an IP address; null, as <see cref="Host"/>, unless set. With TLS, the node's certificate must name it.</value>
    public string? AdvertisedHost { get; init; }

    /// <summary>Whether links may leave this machine without TLS.</summary>
    /// <value>False unless set: without a certificate, only loopback is listened on and dialled. True lets anyone on the network read frames and forge them.</value>
    public bool AllowsPlaintext { get; init; }

    /// <summary>Most bytes of elements that a link may have on the way: sent and not yet taken by the receiving operator.</summary>
    /// <value>64 KiB to 1 GiB; 4 MiB unless set. Larger keeps far links busy; each link may hold it twice, once at each end. An element larger than it goes alone.</value>
    public int WindowBytes { get; init; } = 4 * MiB;

    /// <summary>Most bytes of one element as encoded.</summary>
    /// <value>1 KiB to 512 MiB; 32 MiB unless set. A larger element fails where it is sent; a frame that claims to be larger is refused unread.</value>
    public int MostElementBytes { get; init; } = 32 * MiB;

    /// <summary>How long connecting, TLS and the greeting may take together.</summary>
    /// <value>100 milliseconds to 1 minute; 5 seconds unless set. Past it, the connection is closed, and the sender tries again.</value>
    public TimeSpan HandshakeDeadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the receiving end of a link asks the sending end whether it lives.</summary>
    /// <value>50 milliseconds to 1 minute; 1 second unless set.</value>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long nothing may be heard of the other end before the connection is given up and made anew.</summary>
    /// <value>At least 2 heartbeat intervals, at most 1 hour; 5 seconds unless set. A process that dies is noticed at once: this is for machines and networks that vanish.</value>
    public TimeSpan SilenceDeadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause between attempts to connect; the first is 20 milliseconds, each further one twice as long.</summary>
    /// <value>20 milliseconds to 10 minutes; 2 seconds unless set.</value>
    public TimeSpan MostPause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Most connections that are greeting at a time; more are closed unheard.</summary>
    /// <value>1 to 10000; 128 unless set.</value>
    public int MostGreeting { get; init; } = 128;

    /// <summary>Everything that is wrong, with what is allowed; empty if nothing is.</summary>
    /// <returns>The option, what it is, and what it may be.</returns>
    public IEnumerable<(string Option, string Found, string Allowed)> Problems()
    {
        if (!IPAddress.TryParse(Host, out var address))
        {
            yield return (nameof(Host), $"'{Host}'", "an IP address");
        }
        else if (AdvertisedHost is null && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
        {
            yield return (nameof(AdvertisedHost), "not set", $"the host by which others reach this node, where {nameof(Host)} is every address of the machine");
        }

        if (AdvertisedHost is not null && Uri.CheckHostName(AdvertisedHost) == UriHostNameType.Unknown)
        {
            yield return (nameof(AdvertisedHost), $"'{AdvertisedHost}'", "a host name or an IP address");
        }

        (string Name, long Value, long Least, long Most)[] numbers =
        [
            (nameof(Port), Port, 0, ushort.MaxValue),
            (nameof(WindowBytes), WindowBytes, 64 * KiB, 1024 * MiB),
            (nameof(MostElementBytes), MostElementBytes, KiB, 512 * MiB),
            (nameof(MostGreeting), MostGreeting, 1, 10_000),
        ];
        foreach (var (name, value, least, most) in numbers.Where(n => n.Value < n.Least || n.Value > n.Most))
        {
            yield return (name, $"{value}", $"{least} to {most}");
        }

        (string Name, TimeSpan Value, TimeSpan Least, TimeSpan Most)[] spans =
        [
            (nameof(HandshakeDeadline), HandshakeDeadline, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)),
            (nameof(HeartbeatInterval), HeartbeatInterval, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1)),
            (nameof(SilenceDeadline), SilenceDeadline, 2 * HeartbeatInterval, TimeSpan.FromHours(1)),
            (nameof(MostPause), MostPause, TimeSpan.FromMilliseconds(20), TimeSpan.FromMinutes(10)),
        ];
        foreach (var (name, value, least, most) in spans.Where(s => s.Value < s.Least || s.Value > s.Most))
        {
            yield return (name, $"{value}", $"{least} to {most}");
        }
    }
}
