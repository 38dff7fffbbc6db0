using System.Globalization;
using JellyBean.Planning.Plans;

namespace JellyBean.Planning.Explanation;

/// <summary>What pictures of plans say of an operator and of a route.</summary>
internal static class PlanWords
{
    public static string Describe(Placement placement, string between) =>
        placement.Variant is null ? placement.Operator.Value : Text($"{placement.Operator}{between}{placement.Variant}, batch {placement.BatchSize}");

    public static string Describe(PlannedRoute route, bool withBytes) =>
        withBytes ? Text($"{route.Rate:0.##}/s, {route.BytesPerSecond / 1e6:0.###} MB/s") : Text($"{route.Rate:0.##}/s");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
