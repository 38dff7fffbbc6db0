using System.Globalization;
using JellyBean.Runtime;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Hosting.Clusters;

/// <summary>What links between processes carry, for people.</summary>
internal static class LinkText
{
    // Less is how elements come and go.
    private const double Least = 0.1;

    /// <summary>A line for each link that has been heard of; those inside a process have nothing to tell.</summary>
    public static IEnumerable<string> Lines(ClusterStatus status) =>
        from fragment in status.Fragments
        from link in fragment.Links
        where link.RoundTripMs.Count > 0
        select string.Create(CultureInfo.InvariantCulture, $"{fragment.Worker} to {link.ToWorker} ({link.From} to {link.To}): {Rate(link.Delivery.BytesPerSecond)}, {Limit(link.Delivery)}, round trip {link.RoundTripMs.P50:0.#} ms{Wait(link)}");

    private static string Wait(LinkReport link) => link.BlockedShare >= Least ? string.Create(CultureInfo.InvariantCulture, $", no room for elements {link.BlockedShare:0 %} of its time") : "";

    private static string Limit(LinkDelivery delivery) => delivery switch
    {
        { Capacity: { } capacity, IsFull: true } => $"which is all that it can ({Rate(capacity)})",
        { Capacity: { } capacity } => $"of {Rate(capacity)} when it was full last",
        _ => "limited by what is sent",
    };

    private static string Rate(double bytesPerSecond) => string.Create(CultureInfo.InvariantCulture, $"{bytesPerSecond / 1e6:0.###} MB/s");
}
