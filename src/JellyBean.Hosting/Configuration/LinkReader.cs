using JellyBean.Runtime.Links;

namespace JellyBean.Hosting.Configuration;

/// <summary>Reads how much the links of a node hold and how patient they are; where they listen is the node's own.</summary>
internal static class LinkReader
{
    public static LinkOptions Read(SectionReader keys)
    {
        var options = new LinkOptions();
        options = options with
        {
            WindowBytes = Bytes(keys, "window") ?? options.WindowBytes,
            MostElementBytes = Bytes(keys, "most-element") ?? options.MostElementBytes,
            HandshakeDeadline = keys.Duration("handshake-deadline") ?? options.HandshakeDeadline,
            HeartbeatInterval = keys.Duration("heartbeat-interval") ?? options.HeartbeatInterval,
            SilenceDeadline = keys.Duration("silence-deadline") ?? options.SilenceDeadline,
            MostPause = keys.Duration("most-pause") ?? options.MostPause,
        };
        foreach (var (option, found, allowed) in options.Problems())
        {
            keys.Reject(KeyOf(option), $"is {found}", allowed);
        }

        keys.RejectUnknown();
        return options;
    }

    private static string KeyOf(string option) => option switch
    {
        nameof(LinkOptions.WindowBytes) => "window",
        nameof(LinkOptions.MostElementBytes) => "most-element",
        nameof(LinkOptions.HandshakeDeadline) => "handshake-deadline",
        nameof(LinkOptions.HeartbeatInterval) => "heartbeat-interval",
        nameof(LinkOptions.SilenceDeadline) => "silence-deadline",
        _ => "most-pause",
    };

    // What does not fit is out of range in any case.
    private static int? Bytes(SectionReader keys, string key) => keys.Bytes(key) is { } bytes ? (int)Math.Min(bytes, int.MaxValue) : null;
}
