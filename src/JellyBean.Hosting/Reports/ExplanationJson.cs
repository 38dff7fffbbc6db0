using System.Text.Json.Nodes;
using JellyBean.Hosting.Commands;
using JellyBean.Planning.Explanation;
using JellyBean.Planning.Simulation;

namespace JellyBean.Hosting.Reports;

/// <summary>A plan and its explanation for machines, in one line of JSON.</summary>
internal static class ExplanationJson
{
    public static string Write(ExplainedPlan explained)
    {
        var json = PlanJson.Of(explained.Prepared);
        if (explained.Change is { } change)
        {
            json["whatIf"] = new JsonObject { ["changes"] = change.Changes, ["costPerHourBefore"] = change.Before.Plan?.Cost.TotalPerHour };
        }

        if (explained.Heuristic is { } heuristic)
        {
            json["publishedHeuristic"] = new JsonObject { ["costPerHour"] = heuristic.Answer?.CostPerHour, ["accuracy"] = heuristic.Answer?.Accuracy };
        }

        if (!explained.Relaxations.IsEmpty)
        {
            json["relaxations"] = Array(explained.Relaxations, r => new JsonObject
            {
                ["changes"] = new JsonArray([.. r.Changes.Select(c => JsonValue.Create(c))]),
                ["costPerHour"] = r.CostPerHour,
            });
        }

        if (explained.Explanation is { } explanation)
        {
            Add(json, explanation);
        }

        return json.ToJsonString();
    }

    private static void Add(JsonObject json, PlanExplanation explanation)
    {
        json["simulated"] = new JsonObject { ["poisson"] = Simulated(explanation.Simulated), ["bursts"] = Simulated(explanation.SimulatedBursts) };
        json["variants"] = Array(explanation.Variants, v => new JsonObject
        {
            ["operator"] = v.Operator.Value,
            ["chosen"] = v.Chosen,
            ["other"] = v.Other,
            ["costPerHour"] = v.CostPerHour,
            ["why"] = v.Why.Length > 0 ? v.Why : null,
        });
        json["limits"] = Array(explanation.Limits, l => new JsonObject { ["subject"] = l.Subject, ["limit"] = l.Limit, ["used"] = l.Used, ["allowed"] = l.Allowed });
        json["prices"] = Array(explanation.Prices, p => new JsonObject
        {
            ["output"] = p.Output.Value,
            ["objective"] = p.Objective,
            ["asked"] = p.Asked,
            ["instead"] = p.Instead,
            ["costPerHour"] = p.CostPerHour,
        });
        json["spares"] = Array(explanation.Spares, s => new JsonObject { ["tier"] = s.Tier.Name, ["costPerHourWithout"] = s.CostPerHour });
        json["front"] = Array(explanation.Front, p => new JsonObject
        {
            ["costPerHour"] = p.CostPerHour,
            ["accuracy"] = p.Accuracy,
            ["p99Ms"] = PlanJson.Bound(p.P99Ms),
            ["variants"] = new JsonObject(p.Variants.Select(v => KeyValuePair.Create<string, JsonNode?>(v.Key.Value, v.Value))),
        });
    }

    private static JsonObject Simulated(SimulationResult result) => new()
    {
        ["queueGrowthPerSecond"] = result.QueueGrowthPerSecond,
        ["outputs"] = Array(result.Outputs, o => new JsonObject
        {
            ["output"] = o.Output.Value,
            ["rate"] = o.Rate,
            ["p50Ms"] = o.Latency.P50Ms,
            ["p90Ms"] = o.Latency.P90Ms,
            ["p99Ms"] = o.Latency.P99Ms,
        }),
        ["workers"] = Array(result.Workers, w => new JsonObject { ["worker"] = w.Worker.Value, ["utilisation"] = w.Utilisation }),
    };

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonObject> write) => new([.. items.Select(write)]);
}
