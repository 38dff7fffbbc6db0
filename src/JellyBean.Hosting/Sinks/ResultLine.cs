using System.Text.Json;
using System.Text.Json.Nodes;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Hosting.Sinks;

/// <summary>A result as JSON: <c>{"id":…,"eventTime":…,"value":{…}}</c>.</summary>
internal static class ResultLine
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static JsonObject Of<T>(Result<T> result)
        where T : notnull => new()
        {
            ["id"] = result.Id,
            ["eventTime"] = result.EventTime,
            ["value"] = JsonSerializer.SerializeToNode(result.Value, Options),
        };

    public static string Text<T>(Result<T> result)
        where T : notnull => Of(result).ToJsonString(Options);
}
