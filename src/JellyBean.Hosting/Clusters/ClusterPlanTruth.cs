using System.Globalization;
using JellyBean.Hosting.Reports;
using JellyBean.Planning.Plans;
using JellyBean.Runtime;

namespace JellyBean.Hosting.Clusters;

/// <summary>Holds a cluster's run against its plan, as far as a cluster tells how it went.</summary>
internal static class ClusterPlanTruth
{
    /// <param name="status">How it ended.</param>
    /// <param name="plans">The plans that were in force, the last one last.</param>
    /// <param name="elements">What elements are called.</param>
    /// <param name="writer">Where to.</param>
    public static void Write(ClusterStatus status, IReadOnlyList<Plan> plans, string elements, TextWriter writer)
    {
        var plan = plans[^1];

        // Counts go on from plan to plan, time does not: what each did in its time is not known.
        string Rate(long count) => plans.Count == 1 && status.Elapsed > TimeSpan.Zero ? Text($"{count / status.Elapsed.TotalSeconds:0.0}") : "-";

        var table = new TextTable("quantity", "of", "by the plan", "measured");
        table.Add($"{elements}/s", "", Text($"{plan.Sources.Sum(s => s.Rate):0.0}"), Rate(status.Sources.Sum(s => s.Processed)));
        var outputs = status.Fragments.SelectMany(f => f.Outputs).ToLookup(o => o.Output);
        foreach (var predicted in plan.Outputs)
        {
            var measured = outputs[predicted.Output].ToList();
            table.Add("results/s", predicted.Output.Value, Text($"{predicted.Rate:0.0}"), Rate(measured.Sum(o => o.Results)));
            table.Add("p99", predicted.Output.Value, Milliseconds.AtMost(predicted.P99Ms), measured.Max(o => Measured.P99(o.LatencyMs)) is { } p99 ? Milliseconds.Text(p99) : "-");
        }

        writer.WriteLine($"The plan of epoch {plan.Epoch} beside the run, for sources that give as much as was planned for; files may be read faster, and queues are full then:");
        writer.Write(table);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
