using System.Text.Json;
using JellyBean.Hosting.Control;
using JellyBean.Runtime;

namespace JellyBean.Hosting.Clusters;

/// <summary>A cluster's status as one line of JSON.</summary>
internal static class ClusterJson
{
    public static string Write(ClusterStatus status) => JsonSerializer.Serialize(StatusDocument.Of(status), ControlJson.Default.StatusDocument);
}
