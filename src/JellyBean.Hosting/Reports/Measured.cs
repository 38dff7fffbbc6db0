using JellyBean.Runtime.Telemetry;

namespace JellyBean.Hosting.Reports;

/// <summary>Figures of what was measured, for machines: null where nothing was, which is not zero.</summary>
internal static class Measured
{
    public static double? Mean(Distribution values) => Of(values, values.Mean);

    public static double? P50(Distribution values) => Of(values, values.P50);

    public static double? P99(Distribution values) => Of(values, values.P99);

    private static double? Of(Distribution values, double figure) => values.Count > 0 ? figure : null;
}
