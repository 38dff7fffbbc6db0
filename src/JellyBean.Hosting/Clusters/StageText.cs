using System.Globalization;
using JellyBean.Hosting.Reports;
using JellyBean.Runtime;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Hosting.Clusters;

/// <summary>What is worth telling of operators, for people.</summary>
internal static class StageText
{
    // Less is how elements come and go.
    private const double LeastWait = 0.1;

    /// <summary>A line for each operator whose answers are watched, and for each that waits for what follows it.</summary>
    public static IEnumerable<string> Lines(ClusterStatus status) =>
        from fragment in status.Fragments
        from stage in fragment.Stages
        from line in new[] { WatchText.Of(stage) is { } watched ? $": {watched}" : null, Waits(stage) }
        where line is not null
        select $"{stage.Operator}{(stage.Variant is { } variant ? $" ({variant})" : "")} on {fragment.Worker}{line}";

    private static string? Waits(StageReport stage) =>
        stage.BlockedShare >= LeastWait ? string.Create(CultureInfo.InvariantCulture, $" waits for what follows it {stage.BlockedShare:0 %} of its time") : null;
}
