using System.Globalization;
using JellyBean.Hosting.Reports;
using JellyBean.Planning.Plans;
using JellyBean.Runtime;

namespace JellyBean.Hosting.Clusters;

/// <summary>Holds a cluster's run against its plan, as far as a cluster tells how it went.</summary>
internal static class ClusterPlanTruth
{
    // In less, reports of several nodes are too far apart.
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(2);

    /// <param name="status">How it ended.</param>
    /// <param name="plans">The plans that were in force, the last one last.</param>
    /// <param name="begin">How it was when the last of them was first heard of whole; null where that is not known.</param>
    /// <param name="elements">What elements are called.</param>
    /// <param name="writer">Where to.</param>
    public static void Write(ClusterStatus status, IReadOnlyList<Plan> plans, ClusterStatus? begin, string elements, TextWriter writer)
    {
        var plan = plans[^1];

        // Counts go on from plan to plan, time does not: of the last of several, what nodes have counted since it was first heard of tells.
        var (from, since) = plans.Count == 1 ? (null, status.Elapsed) : (begin, begin?.Epoch == status.Epoch ? status.Elapsed - begin.Elapsed : TimeSpan.Zero);
        var isKnown = since > (plans.Count == 1 ? TimeSpan.Zero : Least);
        string Rate(Func<ClusterStatus, long> count) => isKnown ? Text($"{(count(status) - (from is null ? 0 : count(from))) / since.TotalSeconds:0.0}") : "-";

        var table = new TextTable("quantity", "of", "planned", "measured");
        table.Add($"{elements}/s", "", Text($"{plan.Sources.Sum(s => s.Rate):0.0}"), Rate(s => s.Sources.Sum(x => x.Processed)));
        var outputs = status.Fragments.SelectMany(f => f.Outputs).ToLookup(o => o.Output);
        foreach (var predicted in plan.Outputs)
        {
            var measured = outputs[predicted.Output].ToList();
            table.Add("results/s", predicted.Output.Value, Text($"{predicted.Rate:0.0}"), Rate(s => s.Fragments.SelectMany(f => f.Outputs).Where(o => o.Output == predicted.Output).Sum(o => o.Results)));
            table.Add("p99", predicted.Output.Value, Milliseconds.AtMost(predicted.P99Ms), measured.Max(o => Measured.P99(o.LatencyMs)) is { } p99 ? Milliseconds.Text(p99) : "-");
        }

        writer.WriteLine($"The plan of epoch {plan.Epoch} beside the run, for sources that give as much as was planned for; files may be read faster, and queues are full then:");
        writer.Write(table);
        writer.WriteLine("Rates are what was planned for; 'at most' is a bound that the plan keeps to at these rates, no prediction of what is measured.");
        if (!isKnown)
        {
            writer.WriteLine(Text($"-: nodes count, and this plan was not watched from here for the {Least.TotalSeconds:0} s that a rate takes."));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
