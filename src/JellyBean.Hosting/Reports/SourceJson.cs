using System.Text.Json.Nodes;
using JellyBean.Runtime;

namespace JellyBean.Hosting.Reports;

/// <summary>What became of a source's elements in a run, for machines.</summary>
internal static class SourceJson
{
    public static JsonObject Of(SourceProgress source)
    {
        var json = new JsonObject
        {
            ["in"] = source.Offered,
            ["processed"] = source.Processed,
            ["dropped"] = source.Dropped,
            ["lost"] = source.Lost,
            ["failed"] = source.Failed,
            ["fault"] = source.Fault?.Cause,
            ["damageReports"] = source.DamageReports,
        };
        if (source.Detail is not { } detail)
        {
            return json;
        }

        json["drops"] = new JsonObject { ["overtaken"] = detail.Overtaken, ["sampled"] = detail.Sampled, ["shed"] = detail.Shed, ["cutOff"] = detail.CutOff, ["earlier"] = SourceText.DroppedEarlier(source) };
        json["perSecond"] = detail.PerSecond;
        json["lastMs"] = detail.LastMs;
        json["paused"] = detail.IsPaused;
        if (detail.Health is { } health)
        {
            json["condition"] = health.Condition.ToString().ToLowerInvariant();
            json["trouble"] = health.Trouble;
            json["decoded"] = health.Decoded;
            json["leftOut"] = health.LeftOut;
            json["connects"] = health.Connects;
            json["stalls"] = health.Stalls;
            json["timesRepaired"] = health.TimesRepaired;
            json["recording"] = health.Recording;
            json["timesFrom"] = SourceText.TimesFrom(health);
            json["captureMs"] = new JsonObject { ["p50"] = Measured.P50(detail.CaptureMs), ["p99"] = Measured.P99(detail.CaptureMs) };
            json["takenMs"] = new JsonObject { ["p50"] = Measured.P50(source.TakenMs), ["p99"] = Measured.P99(source.TakenMs) };
        }

        return json;
    }
}
