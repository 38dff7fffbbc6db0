using System.Globalization;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Hosting.Reports;

/// <summary>What a workflow watches of a model's answers, for people.</summary>
internal static class WatchText
{
    /// <summary>Null where nothing is watched, or nothing has been answered yet.</summary>
    public static string? Of(StageReport stage) => stage.Proxy is { Count: > 0 } proxy
        ? string.Create(CultureInfo.InvariantCulture, $"{proxy.Name} {proxy.Mean:0.###} ± {proxy.Spread:0.###}{Reference(proxy)}, {proxy.Count} answers{(proxy.Unknown > 0 ? $", {proxy.Unknown} without" : "")}")
        : null;

    private static string Reference(ProxyReport proxy) => proxy switch
    {
        { Stated: { } stated } => string.Create(CultureInfo.InvariantCulture, $" (should be {stated:0.###})"),
        { Beginning: { } beginning } => string.Create(CultureInfo.InvariantCulture, $" (began with {beginning:0.###})"),
        _ => "",
    };
}
