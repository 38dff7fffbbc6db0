using System.Text.Json.Nodes;
using JellyBean.Hosting.Commands;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;

namespace JellyBean.Hosting.Reports;

/// <summary>A plan for machines.</summary>
internal static class PlanJson
{
    public static JsonObject Of(Prepared prepared)
    {
        var (problem, result) = (prepared.Problem, prepared.Result);
        var json = new JsonObject
        {
            ["workflow"] = problem.Workflow.Name,
            ["catalogue"] = problem.Catalogue.Name,
            ["status"] = result.Status.ToString().ToLowerInvariant(),
            ["reasons"] = new JsonArray([.. result.Reasons.Select(r => JsonValue.Create(r))]),
            ["accuracies"] = AccuracyOrigins.Json(problem, result.Plan, prepared.Configuration.Sources),
        };
        if (result.Plan is { } plan)
        {
            json["costPerHour"] = plan.Cost.TotalPerHour;
            json["computePerHour"] = plan.Cost.ComputePerHour;
            json["networkPerHour"] = plan.Cost.NetworkPerHour;
            json["ownedPerHour"] = plan.Cost.OwnedPerHour;
            json["currency"] = plan.Cost.Currency;
            json["boundPerHour"] = result.BoundPerHour;
            json["gap"] = result.Gap;
            json["throughput"] = new JsonObject { ["planned"] = plan.Sources.Sum(s => s.Rate), ["predicted"] = PlanCapacity.Of(plan, problem) };
            json["plan"] = Placements(plan, problem.Catalogue);
            json["workers"] = new JsonArray([.. plan.Workers.Select(w => new JsonObject
            {
                ["worker"] = w.Worker.Value,
                ["utilisation"] = w.Utilisation,
                ["memoryBytes"] = w.MemoryBytes,
            })]);
            json["routes"] = new JsonArray([.. plan.Routes.Select(r => new JsonObject
            {
                ["from"] = r.From.Value,
                ["to"] = r.To.Value,
                ["fromWorker"] = r.FromWorker.Value,
                ["toWorker"] = r.ToWorker.Value,
                ["rate"] = r.Rate,
                ["bytesPerSecond"] = r.BytesPerSecond,
            })]);
            json["outputs"] = new JsonArray([.. plan.Outputs.Select(o => new JsonObject
            {
                ["output"] = o.Output.Value,
                ["rate"] = o.Rate,
                ["p99Ms"] = Bound(o.P99Ms),
                ["metric"] = o.Metric,
                ["accuracy"] = o.Accuracy,
            })]);
        }

        json["standby"] = new JsonArray([.. (result.Plan?.Standby ?? []).Select(w => JsonValue.Create(w.Value))]);
        json["fallbacks"] = new JsonArray([.. (result.Plan?.Fallbacks ?? []).Select(f => new JsonObject { ["without"] = f.Without.Value, ["plan"] = Placements(f.Placements, problem.Catalogue) })]);
        json["ladder"] = new JsonArray([.. (result.Plan?.Ladder ?? []).Select(r => new JsonObject
        {
            ["capacity"] = r.Capacity,
            ["cores"] = r.Cores,
            ["variants"] = new JsonArray([.. r.Ways.Select(w => new JsonObject { ["operator"] = w.Operator.Value, ["variant"] = w.Variant, ["batch"] = w.BatchSize })]),
            ["accuracies"] = new JsonArray([.. r.Accuracies.Select(a => new JsonObject { ["output"] = a.Output.Value, ["metric"] = a.Metric, ["accuracy"] = a.Value })]),
        })]);
        json["comparisons"] = new JsonArray([.. prepared.Comparisons.Select(c => new JsonObject
        {
            ["tier"] = c.Tier.Name,
            ["status"] = c.Result.Status.ToString().ToLowerInvariant(),
            ["costPerHour"] = c.Result.Plan?.Cost.TotalPerHour,
            ["ownedPerHour"] = c.Result.Plan?.Cost.OwnedPerHour,
            ["reasons"] = new JsonArray([.. c.Result.Reasons.Select(r => JsonValue.Create(r))]),
        })]);
        return json;
    }

    /// <summary>JSON has no infinity: null where there is no bound.</summary>
    public static double? Bound(double value) => double.IsFinite(value) ? value : null;

    /// <summary>What runs where: an object for each operator on each worker.</summary>
    public static JsonArray Placements(Plan plan, InfrastructureCatalogue catalogue) => Placements(plan.Placements, catalogue);

    private static JsonArray Placements(IEnumerable<Placement> placements, InfrastructureCatalogue catalogue) => new([.. placements.SelectMany(p => p.Instances, (p, i) => new JsonObject
    {
        ["operator"] = p.Operator.Value,
        ["variant"] = p.Variant,
        ["tier"] = catalogue.TierOf(i.Worker).Name,
        ["worker"] = i.Worker.Value,
        ["batch"] = p.BatchSize,
        ["instances"] = i.Parallelism,
        ["share"] = i.Share,
    })]);
}
