using System.Text.Json.Nodes;
using JellyBean.Runtime;

namespace JellyBean.Hosting.Clusters;

/// <summary>A cluster's status as one line of JSON.</summary>
internal static class ClusterJson
{
    public static string Write(ClusterStatus status) => new JsonObject
    {
        ["coordinator"] = status.Coordinator.Value,
        ["term"] = status.Term,
        ["phase"] = status.Phase,
        ["epoch"] = status.Epoch,
        ["run"] = status.RunId,
        ["ended"] = status.EndedRunId,
        ["failure"] = status.EndedFailure,
        ["problem"] = status.Problem,
        ["elapsedSeconds"] = status.Elapsed.TotalSeconds,
        ["shortfalls"] = new JsonArray([.. status.Shortfalls.Select(s => JsonValue.Create(s))]),
        ["history"] = new JsonArray([.. status.History.Select(s => JsonValue.Create(s))]),
        ["nodes"] = new JsonArray([.. status.Members.Select(m => new JsonObject
        {
            ["name"] = m.Node.Worker.Value,
            ["tier"] = m.Node.Tier?.Name,
            ["coordinator"] = m.Node.IsCoordinator,
            ["type"] = m.Node.Type?.Value,
            ["cores"] = m.Node.Cores,
            ["memoryBytes"] = m.Node.MemoryBytes,
            ["accelerators"] = m.Node.Accelerators,
            ["profile"] = m.Node.ProfileFingerprint,
            ["links"] = m.LinkAddress?.ToString(),
            ["reachable"] = m.IsReachable,
            ["leaving"] = m.IsLeaving,
            ["epoch"] = m.Epoch,
        })]),
        ["sources"] = new JsonArray([.. status.Sources.Select(s => new JsonObject
        {
            ["source"] = s.Source.Value,
            ["in"] = s.Offered,
            ["processed"] = s.Processed,
            ["dropped"] = s.Dropped,
            ["failed"] = s.Failed,
        })]),
        ["outputs"] = new JsonArray([.. status.Fragments.SelectMany(f => f.Outputs).Select(o => new JsonObject
        {
            ["output"] = o.Output.Value,
            ["results"] = o.Results,
            ["p50Ms"] = o.LatencyMs.P50,
            ["p99Ms"] = o.LatencyMs.P99,
        })]),
    }.ToJsonString();
}
