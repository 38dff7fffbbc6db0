using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using JellyBean.Runtime;

namespace JellyBean.Hosting.Reports;

/// <summary>What outputs lack of live sources where a plan ended before its time, by a crash or a command, for people and as JSON.</summary>
internal static class GapReport
{
    public static IEnumerable<string> Lines(ImmutableArray<OutputGap> gaps, string elements) => gaps.Select(g => string.Create(
        CultureInfo.InvariantCulture,
        $"warning: output '{g.Output}' may lack results of {Which(g, elements)}, on the way when a plan ended before its time{(g.IsExact ? "" : ", as far as anyone has heard")}"));

    public static JsonArray Json(ImmutableArray<OutputGap> gaps) => new([.. gaps.Select(g => new JsonObject
    {
        ["output"] = g.Output.Value,
        ["source"] = g.Source.Value,
        ["from"] = g.Numbers.First,
        ["to"] = g.Numbers.Last,
        ["isExact"] = g.IsExact,
    })]);

    private static string Which(OutputGap gap, string elements) => gap.Numbers.Count == 1
        ? string.Create(CultureInfo.InvariantCulture, $"{gap.Source}#{gap.Numbers.First}")
        : string.Create(CultureInfo.InvariantCulture, $"{gap.Source}#{gap.Numbers.First} to #{gap.Numbers.Last}, {gap.Numbers.Count} {elements}");
}
