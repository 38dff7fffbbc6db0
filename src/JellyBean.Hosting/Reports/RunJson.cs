using System.Text.Json.Nodes;
using JellyBean.Hosting.Commands;
using JellyBean.Planning.Plans;

namespace JellyBean.Hosting.Reports;

/// <summary>A run for machines, in one line of JSON.</summary>
internal static class RunJson
{
    /// <param name="summary">What was planned and done.</param>
    /// <param name="prepared">What was planned.</param>
    /// <param name="addition">What the program adds.</param>
    /// <param name="elements">The name of the section with what became of each source's elements.</param>
    public static string Write(RunSummary summary, Prepared prepared, RunAddition addition, string elements)
    {
        var outputs = summary.Report.Outputs.ToList();
        var json = new JsonObject
        {
            ["workflow"] = summary.Workflow.Name,
            [elements] = new JsonObject(summary.Sources.Select(s => KeyValuePair.Create<string, JsonNode?>(s.Key, SourceJson.Of(s.Value)))),

            ["errors"] = new JsonArray([.. RunTrouble.Of(summary, elements).Select(e => JsonValue.Create(e))]),
            ["failures"] = new JsonArray([.. summary.Report.FailureCauses.Select(c => new JsonObject
            {
                ["operator"] = c.Operator.Value,
                ["cause"] = c.Cause,
                ["count"] = c.Count,
                ["first"] = $"{c.First.Source}#{c.First.Number}",
                ["latest"] = $"{c.Latest.Source}#{c.Latest.Number}",
            })]),
            ["failuresOfOtherCauses"] = summary.Report.FailuresOfOtherCauses,
            ["gaps"] = GapReport.Json(summary.Report.Gaps),

            // The slowest output speaks for the workflow; each has its own below.
            ["latencyMs"] = new JsonObject
            {
                ["p50"] = outputs.Max(o => Measured.P50(o.LatencyMs)),
                ["p99"] = outputs.Max(o => Measured.P99(o.LatencyMs)),
            },
            ["throughput"] = new JsonObject { ["planned"] = summary.PlannedRate, ["predicted"] = summary.PredictedRate, ["measured"] = summary.MeasuredRate },
            ["costPerHour"] = new JsonObject { ["predicted"] = summary.Plan.Cost.TotalPerHour, ["measured"] = summary.MeasuredCostPerHour, ["measuredNetwork"] = summary.MeasuredNetworkPerHour },
            ["currency"] = summary.Plan.Cost.Currency,
            ["isEmulated"] = PlanReport.Labels(summary.Plan, summary.Catalogue).Any(),
            ["plan"] = PlanJson.Placements(summary.Plan, summary.Catalogue),
            ["workers"] = new JsonArray([.. Workers(summary)]),
            ["stages"] = new JsonArray([.. Stages(summary)]),
            ["outputs"] = new JsonArray([.. outputs.Select(o => new JsonObject
            {
                ["output"] = o.Output.Value,
                ["results"] = o.Results,
                ["p50Ms"] = Measured.P50(o.LatencyMs),
                ["p99Ms"] = Measured.P99(o.LatencyMs),
                ["predictedP99Ms"] = summary.Plan.Outputs.FirstOrDefault(p => p.Output == o.Output) is { } predicted ? PlanJson.Bound(predicted.P99Ms) : null,
            })]),
            ["isPaced"] = summary.IsPaced,
            ["predictions"] = new JsonArray([.. summary.Predictions.Select(p => new JsonObject
            {
                ["quantity"] = p.Quantity,
                ["of"] = p.Of,
                ["predicted"] = p.Predicted,
                ["measured"] = p.Measured,
                ["relativeError"] = double.IsFinite(p.RelativeError) ? p.RelativeError : null,
            })]),
            ["accuracy"] = summary.Accuracy.IsEmpty ? null : new JsonObject(summary.Accuracy.Select(a => KeyValuePair.Create<string, JsonNode?>(a.Key, a.Value))),
            ["elapsedSeconds"] = summary.Report.Elapsed.TotalSeconds,
            ["snapshots"] = summary.Report.Snapshots is { } snapshots
                ? new JsonObject { ["last"] = snapshots.Last, ["bytes"] = snapshots.Bytes, ["milliseconds"] = snapshots.Took.TotalMilliseconds, ["givenUp"] = snapshots.GivenUp }
                : null,
            ["wasStopped"] = summary.WasStopped,
            ["profile"] = prepared.Problem.Profile.Provenance,
            ["accuracies"] = AccuracyOrigins.Json(prepared.Problem, summary.Plan, prepared.Configuration.Sources),
            ["output"] = summary.OutputFolder,
            ["files"] = new JsonArray([.. addition.Files.Select(f => JsonValue.Create(f.Path))]),
            ["figures"] = new JsonObject(addition.Figures.Select(f => KeyValuePair.Create<string, JsonNode?>(f.Key, f.Value))),
        };
        return json.ToJsonString();
    }

    private static IEnumerable<JsonNode> Workers(RunSummary summary) => summary.Report.Fragments.Select(f => new JsonObject
    {
        ["worker"] = f.Worker.Value,
        ["tier"] = summary.Catalogue.TierOf(f.Worker).Name,
        ["predictedUtilisation"] = summary.Plan.Workers.FirstOrDefault(w => w.Worker == f.Worker)?.Utilisation,
        ["measuredUtilisation"] = SummaryText.Utilisation(summary, f),
    });

    private static IEnumerable<JsonNode> Stages(RunSummary summary) =>
        from fragment in summary.Report.Fragments
        from stage in fragment.Stages
        select new JsonObject
        {
            ["operator"] = stage.Operator.Value,
            ["worker"] = fragment.Worker.Value,
            ["variant"] = stage.Variant,
            ["in"] = stage.In,
            ["out"] = stage.Out,
            ["failed"] = stage.Failed,
            ["late"] = stage.Late,
            ["batches"] = stage.Batches,
            ["meanBatch"] = Measured.Mean(stage.BatchSize),
            ["waitMsP99"] = Measured.P99(stage.WaitMs),
            ["serviceMsP50"] = Measured.P50(stage.ServiceMs),
            ["utilisation"] = SummaryText.Utilisation(summary, fragment, stage),
            ["watched"] = stage.Proxy is { } p
                ? new JsonObject { ["name"] = p.Name, ["count"] = p.Count, ["unknown"] = p.Unknown, ["mean"] = p.Mean, ["spread"] = p.Spread, ["reference"] = p.Reference, ["mostDrift"] = p.MostDrift }
                : null,
        };
}
