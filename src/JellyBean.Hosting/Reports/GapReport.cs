using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using JellyBean.Runtime;

namespace JellyBean.Hosting.Reports;

/// <summary>What outputs lack of live sources after crashes, for people and as JSON.</summary>
internal static class GapReport
{
    public static IEnumerable<string> Lines(ImmutableArray<OutputGap> gaps, string elements) => gaps.Select(g => string.Create(
        CultureInfo.InvariantCulture,
        $"warning: output '{g.Output}' may lack {g.Numbers.Count} {elements} after a crash: {g.Source}#{g.Numbers.First} to #{g.Numbers.Last}{(g.IsExact ? "" : ", as far as anyone has heard")}"));

    public static JsonArray Json(ImmutableArray<OutputGap> gaps) => new([.. gaps.Select(g => new JsonObject
    {
        ["output"] = g.Output.Value,
        ["source"] = g.Source.Value,
        ["from"] = g.Numbers.First,
        ["to"] = g.Numbers.Last,
        ["isExact"] = g.IsExact,
    })]);
}
