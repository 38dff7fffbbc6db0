using System.Globalization;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Hosting.Reports;

/// <summary>How late results are, in a few words.</summary>
internal static class LatencyText
{
    /// <summary>Of the slowest of some outputs; what was never measured is not zero.</summary>
    public static string Of(IEnumerable<OutputReport> outputs)
    {
        var known = outputs.Select(o => o.LatencyMs).Where(l => l.Count > 0).ToList();
        return known.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $"p50 {known.Max(l => l.P50):0} ms, p99 {known.Max(l => l.P99):0} ms") : Unknown;
    }

    /// <summary>Where nothing is known of it.</summary>
    public const string Unknown = "p50 -, p99 -";
}
