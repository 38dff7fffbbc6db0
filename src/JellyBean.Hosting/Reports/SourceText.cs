using System.Globalization;
using JellyBean.Runtime;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Hosting.Reports;

/// <summary>What there is to say of a source besides its counts.</summary>
internal static class SourceText
{
    /// <summary>Why elements were dropped, as in <c>12 overtaken, 3 sampled</c>; empty where none were.</summary>
    public static string Drops(SourceProgress source) => string.Join(", ", new (string Reason, long Count)[]
    {
        ("overtaken by newer ones", source.Detail?.Overtaken ?? 0),
        ("sampled out", source.Detail?.Sampled ?? 0),
        ("shed", source.Detail?.Shed ?? 0),
        ("cut off at the end", source.Detail?.CutOff ?? 0),
        ("under earlier plans", DroppedEarlier(source)),
    }.Where(d => d.Count > 0).Select(d => Text($"{d.Count} {d.Reason}")));

    /// <summary>How many were dropped under earlier plans that the one in force did not take over from while elements flowed: for which reasons, nobody knows any more.</summary>
    public static long DroppedEarlier(SourceProgress source) => source.Dropped - (source.Detail?.Dropped ?? 0);

    /// <summary>Whether a source that may lose what it reads flows, as in <c>stalled: no frame for 2 s</c>; null for others, and before it has begun.</summary>
    public static string? State(SourceReport source) =>
        source.IsPaused ? "paused"
        : source.Ended ? null
        : source.Health switch
        {
            null or { Condition: SourceCondition.Connecting } => null,
            { Condition: SourceCondition.Flowing, Recording: { } recording } => $"flowing; {recording}",
            { Condition: SourceCondition.Flowing } => "flowing",
            { } health => $"{health.Condition.ToString().ToLowerInvariant()}: {health.Trouble}",
        };

    /// <summary>Where the times at which elements were taken are from, for machines.</summary>
    public static string TimesFrom(SourceHealth health) => health.IsTimeTold ? "source" : "arrival";

    /// <summary>What a source that connects has been through; null where there is nothing to tell.</summary>
    public static string? History(SourceProgress source, string elements) => source.Detail is { Health: { } health } detail
        ? Text($"{(source.Offered > health.Decoded ? "since it was opened here, " : "")}{health.Decoded} {elements} decoded, {health.LeftOut} left out by its settings; connected {Times(health.Connects)}, stalled {Times(health.Stalls)}, times put right {Times(health.TimesRepaired)}")
            + (detail.CaptureMs.Count > 0 ? Text($"; taken p50 {detail.CaptureMs.P50:0} ms, p99 {detail.CaptureMs.P99:0} ms before it was let in{Results(source)}, {Clock(health)}") : "")
            + (health.Trouble is { } trouble ? $"; last trouble: {trouble}" : "")
        : null;

    private static string Times(long count) => count == 1 ? "once" : Text($"{count} times");

    private static string Results(SourceProgress source) => source.TakenMs.Count > 0 ? Text($", p50 {source.TakenMs.P50:0} ms, p99 {source.TakenMs.P99:0} ms before its results") : "";

    // A latency from capture is as true as the time of capture.
    private static string Clock(SourceHealth health) => health.IsTimeTold ? "by its own clock" : "by when the quickest came";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
