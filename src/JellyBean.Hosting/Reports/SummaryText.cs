using System.Globalization;
using JellyBean.Hosting.Commands;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Hosting.Reports;

/// <summary>A run for people.</summary>
internal static class SummaryText
{
    public static void Write(RunSummary summary, Prepared prepared, RunAddition addition, string elements, TextWriter writer)
    {
        var report = summary.Report;
        writer.WriteLine();
        writer.WriteLine(Text($"{Ending(summary)} after {report.Elapsed.TotalSeconds:0.0} s"));
        writer.WriteLine();
        writer.Write(Sources(summary, elements));
        foreach (var (name, source) in summary.Sources.Where(s => s.Value.Fault is not null))
        {
            writer.WriteLine(Text($"warning: source '{name}' ended early, after {source.Offered} {elements}: {source.Fault!.Cause}"));
        }

        foreach (var (name, source) in summary.Sources.Where(s => s.Value.DamageReports > 0))
        {
            writer.WriteLine(Text($"warning: source '{name}' reported damage {source.DamageReports} times; {elements} in which it could be concealed count as processed"));
        }

        foreach (var (name, source) in summary.Sources)
        {
            if (source.Dropped > 0)
            {
                writer.WriteLine(Text($"source '{name}' dropped {source.Dropped}: {SourceText.Drops(source)}"));
            }

            if (SourceText.History(source, elements) is { } history)
            {
                writer.WriteLine(Text($"source '{name}': {history}"));
            }
        }

        foreach (var gap in GapReport.Lines(report.Gaps, elements))
        {
            writer.WriteLine(gap);
        }

        foreach (var cause in report.FailureCauses)
        {
            writer.WriteLine(Text($"warning: {cause.Count} failures at {cause.Operator}, first {cause.First.Source}#{cause.First.Number}, latest {cause.Latest.Source}#{cause.Latest.Number}: {cause.Cause}"));
        }

        if (report.FailuresOfOtherCauses > 0)
        {
            writer.WriteLine(Text($"warning: {report.FailuresOfOtherCauses} failures of further kinds, not listed"));
        }

        writer.WriteLine();
        writer.Write(Stages(summary));
        foreach (var (fragment, stage) in report.Fragments.SelectMany(f => f.Stages.Select(s => (f, s))))
        {
            if (WatchText.Of(stage) is { } watched)
            {
                writer.WriteLine($"{stage.Operator} ({stage.Variant}) on {fragment.Worker}: {watched}");
            }
        }

        writer.WriteLine();
        writer.WriteLine(Text($"Throughput: {summary.MeasuredRate:0.0} {elements} per second measured, {summary.PredictedRate:0.0} predicted as the most, {summary.PlannedRate:0.0} planned for"));
        foreach (var output in report.Outputs)
        {
            var predicted = summary.Plan.Outputs.FirstOrDefault(o => o.Output == output.Output);
            writer.WriteLine(Text($"Output {output.Output}: {output.Results} results, latency p50 {Known(output.LatencyMs, d => Text($"{d.P50:0.0} ms"))}, p99 {Known(output.LatencyMs, d => Text($"{d.P99:0.0} ms"))}{(predicted is null ? "" : Text($"; the plan's bound of p99: {Milliseconds.Text(predicted.P99Ms)}"))}"));
        }

        writer.WriteLine("Results and latencies are measured. A bound is what the plan keeps to at its planned rate, no prediction: at another rate, as where files are read as fast as they are taken, it does not hold.");

        foreach (var fragment in report.Fragments)
        {
            var predicted = summary.Plan.Workers.FirstOrDefault(w => w.Worker == fragment.Worker);
            writer.WriteLine(Text($"Worker {fragment.Worker} ({summary.Catalogue.TierOf(fragment.Worker)}): busy {Utilisation(summary, fragment) * 100:0} %{(predicted is null ? "" : Text($", {predicted.Utilisation * 100:0} % planned for"))}"));
        }

        if (report.Fragments.Any(f => Utilisation(summary, f) > 1))
        {
            writer.WriteLine("Busy above 100 %: work counts from its beginning to its end, so it is longer where this machine's cores were busy with something else too.");
        }

        writer.WriteLine();
        writer.WriteLine(Text($"The plan beside the run, which was {Pace(summary)}{(summary.Predictions.IsEmpty ? "." : ":")}"));
        if (!summary.Predictions.IsEmpty)
        {
            writer.WriteLine(Predictions(summary));
        }

        // Nothing in the run shows how accurate it was: that is believed, so it is said again whose accuracy it is.
        foreach (var line in summary.Accuracy.IsEmpty ? AccuracyOrigins.Lines(prepared.Problem, summary.Plan, prepared.Configuration.Sources) : [])
        {
            writer.WriteLine(line);
        }

        if (!summary.Accuracy.IsEmpty)
        {
            writer.WriteLine(Text($"Accuracy against the truth: {string.Join(", ", summary.Accuracy.Select(a => Text($"{a.Key} {a.Value:0.###}")))}"));
        }

        if (summary.Accuracy.Where(a => a.Value < 0).Select(a => a.Key).ToList() is { Count: > 0 } nonsense)
        {
            writer.WriteLine($"warning: {string.Join(", ", nonsense)} below 0 is worse than no results at all, as with the truth of other sources, or with one whose elements are numbered otherwise");
        }

        var cost = summary.Plan.Cost;
        var labels = PlanReport.Labels(summary.Plan, summary.Catalogue).ToList();
        var (had, expected) = (Money.PerHour(summary.MeasuredCostPerHour, cost.Currency), Money.PerHour(cost.TotalPerHour, cost.Currency));
        var (hadLinks, expectedLinks) = (Money.PerHour(summary.MeasuredNetworkPerHour, cost.Currency), Money.PerHour(cost.NetworkPerHour, cost.Currency));
        writer.WriteLine($"Cost: {had} at the measured pace, of which links {hadLinks}; {expected} predicted at the planned rate, of which links {expectedLinks}; by the catalogue '{summary.Catalogue.Name}'");
        foreach (var label in labels)
        {
            writer.WriteLine(label);
        }

        foreach (var (name, value) in addition.Figures)
        {
            writer.WriteLine(Text($"{name}: {value:0.####}"));
        }

        foreach (var file in addition.Files)
        {
            writer.WriteLine($"{file.Shows}: {file.Path}");
        }
    }

    /// <summary>Part of a worker's cores that was busy.</summary>
    public static double Utilisation(RunSummary summary, FragmentReport fragment)
    {
        var seconds = summary.Report.Elapsed.TotalSeconds * summary.Catalogue.TypeOf(fragment.Worker).Cores;
        return seconds > 0 ? fragment.Stages.Sum(s => BusySeconds(summary, fragment, s)) / seconds : 0;
    }

    /// <summary>Part of the time that a stage's instances were busy.</summary>
    public static double Utilisation(RunSummary summary, FragmentReport fragment, StageReport stage)
    {
        var instances = Instances(summary, fragment, stage);
        var seconds = summary.Report.Elapsed.TotalSeconds * instances;
        return seconds > 0 ? BusySeconds(summary, fragment, stage) / seconds : 0;
    }

    /// <summary>How many of a stage work side by side: a source is read on its own, beside those of the same input.</summary>
    public static int Instances(RunSummary summary, FragmentReport fragment, StageReport stage)
    {
        var sources = summary.Plan.Sources.Count(s => s.Input == stage.Operator && s.Worker == fragment.Worker);
        return sources > 0 ? sources : summary.Plan.Placements.FirstOrDefault(p => p.Operator == stage.Operator)?.Instances.FirstOrDefault(i => i.Worker == fragment.Worker)?.Parallelism ?? 1;
    }

    // On an emulated machine only models are slowed down, and their meters show it; the rest would be busy for longer there.
    private static double BusySeconds(RunSummary summary, FragmentReport fragment, StageReport stage) =>
        stage.Variant is null && summary.Catalogue.TypeOf(fragment.Worker) is { IsEmulated: true } type ? stage.BusySeconds / type.SpeedFactor : stage.BusySeconds;

    // What was never measured is not zero.
    private static string Known(Distribution measured, Func<Distribution, string> text) => measured.Count > 0 ? text(measured) : "-";

    private static string Pace(RunSummary summary) => summary switch
    {
        { IsPaced: true } => "paced at the planned rate",
        _ when PlanTruth.IsTooShort(summary) => Text($"too short to show what the plan can do: that takes as much as keeps it busy for {PlanTruth.LeastWork.TotalSeconds:0} s, or --pace"),
        _ => "not paced: predictions are for the most that the plan can do, latency is that of full queues and not compared",
    };

    private static string Ending(RunSummary summary) =>
        summary.Report.Sources.Any(s => s.Fault is not null) ? "Ended early," : summary.WasStopped ? "Stopped and drained" : "Done";

    private static TextTable Sources(RunSummary summary, string elements)
    {
        var table = new TextTable(elements, "in", "processed", "dropped", "failed");
        foreach (var (name, s) in summary.Sources)
        {
            table.Add(name, Text($"{s.Offered}"), Text($"{s.Processed}"), Text($"{s.Dropped}"), Text($"{s.Failed}"));
        }

        return table;
    }

    private static TextTable Predictions(RunSummary summary)
    {
        var table = new TextTable("quantity", "of", "predicted", "measured", "apart / measured");
        foreach (var p in summary.Predictions)
        {
            table.Add(p.Quantity, p.Of, Text($"{p.Predicted:0.###}"), Text($"{p.Measured:0.###}"), Text($"{p.RelativeError:0.00}"));
        }

        return table;
    }

    private static TextTable Stages(RunSummary summary)
    {
        var table = new TextTable("stage", "worker", "variant", "in", "out", "failed", "mean batch", "median ms", "busy");
        var order = summary.Workflow.Operators.Select((o, i) => (o.Id, i)).ToDictionary(p => p.Id, p => p.i);
        var stages = from fragment in summary.Report.Fragments
                     from stage in fragment.Stages
                     orderby order.GetValueOrDefault(stage.Operator, int.MaxValue)
                     select (fragment, stage);
        foreach (var (fragment, stage) in stages)
        {
            table.Add(
                stage.Operator.Value,
                fragment.Worker.Value,
                stage.Variant ?? "-",
                Text($"{stage.In}"),
                Text($"{stage.Out}"),
                Text($"{stage.Failed}"),
                Known(stage.BatchSize, d => Text($"{d.Mean:0.0}")),
                Known(stage.ServiceMs, d => Text($"{d.P50:0.00}")),
                Text($"{Utilisation(summary, fragment, stage) * 100:0} %"));
        }

        return table;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
