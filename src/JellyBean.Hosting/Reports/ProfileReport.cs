using System.Globalization;
using JellyBean.Hosting.Profiles;
using JellyBean.Planning.Profiles;

namespace JellyBean.Hosting.Reports;

/// <summary>What was measured, for people.</summary>
internal static class ProfileReport
{
    public static void Write(Profile profile, TextWriter writer)
    {
        writer.WriteLine(profile.Provenance);
        writer.WriteLine();
        writer.WriteLine("Milliseconds of a run on one core, alone and with the other cores busy:");
        var times = new TextTable("operator", "variant", "batch", "runs", "mean", "median", "p90", "p99", "beside itself", "beside the dearest");
        foreach (var t in profile.ServiceTimes.Where(t => t.Distribution is not null))
        {
            var beside = profile.CoRunningTimes.Where(c => (c.Operator, c.Variant, c.BatchSize) == (t.Operator, t.Variant, t.BatchSize)).ToList();
            var d = t.Distribution!;
            times.Add(
                t.Operator.Value,
                t.Variant ?? "-",
                Text($"{t.BatchSize}"),
                Text($"{d.Count}"),
                Ms(t.ServiceMs),
                Ms(d.MedianMs),
                Ms(d.P90Ms),
                Ms(d.P99Ms),
                Ms(beside.Find(c => c.Beside.Variant == t.Variant)?.ServiceMs),
                Ms(beside.Find(c => c.Beside.Variant != t.Variant)?.ServiceMs));
        }

        writer.WriteLine(times);
        var footprints = new TextTable("operator", "variant", "MiB", "load ms", "of it warm-up");
        foreach (var f in profile.Footprints)
        {
            footprints.Add(f.Operator.Value, f.Variant ?? "-", Text($"{f.MemoryBytes / 1048576.0:0.0}"), Ms(f.LoadTime.TotalMilliseconds), Ms(f.WarmUpTime.TotalMilliseconds));
        }

        writer.WriteLine(footprints);
        var outputs = new TextTable("operator", "variant", "results per element", "deviation", "bytes as sent", "kept bytes");
        foreach (var o in profile.Outputs)
        {
            outputs.Add(o.Operator.Value, o.Variant ?? "-", Text($"{o.ResultsPerElement:0.00}"), Text($"{Math.Sqrt(o.ResultsVariance):0.00}"), Text($"{o.MessageBytes:0}"), Text($"{o.KeptBytes:0}"));
        }

        writer.WriteLine(outputs);
        foreach (var gap in profile.Gaps)
        {
            writer.WriteLine($"warning: {gap.Operator} {gap.Variant} fails on batches of {gap.BatchSize}, which are left out: {gap.Reason}");
        }
    }

    public static void Write(Measurement measurement, TextWriter writer)
    {
        var operators = measurement.Combinations[0].Variants.Keys.ToList();
        var metrics = measurement.Combinations.SelectMany(c => c.Metrics.Keys).Distinct().Order(StringComparer.Ordinal).ToList();
        var table = new TextTable([.. operators, .. metrics]);
        foreach (var c in measurement.Combinations)
        {
            table.Add([.. operators.Select(o => c.Variants[o]), .. metrics.Select(m => c.Metrics.TryGetValue(m, out var value) ? Text($"{value:0.####}") : "-")]);
        }

        writer.WriteLine(measurement.Provenance);
        writer.WriteLine(table);
    }

    private static string Ms(double? milliseconds) => milliseconds is { } ms ? Text($"{ms:0.###}") : "-";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
