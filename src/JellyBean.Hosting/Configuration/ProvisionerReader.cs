using JellyBean.Hosting.Provisioning;

namespace JellyBean.Hosting.Configuration;

/// <summary>Reads how on-demand workers are started and stopped.</summary>
internal static class ProvisionerReader
{
    /// <returns>Null where whoever starts nodes does so by hand.</returns>
    public static ProvisioningOptions? Read(SectionReader keys)
    {
        if (!keys.IsPresent)
        {
            return null;
        }

        var options = new ProvisioningOptions();
        keys.RequiredText("kind", "processes, script");
        var isScript = keys.Choice("kind", ("processes", false), ("script", true)) ?? false;
        var script = keys.Text("script");
        if (isScript != (script is not null))
        {
            keys.Reject("script", isScript ? "is missing" : "is for kind = script", isScript ? "a program that starts, stops and lists workers" : "kind = script, or nothing");
        }

        options = options with
        {
            Script = script is null ? null : Path.GetFullPath(script),
            Deadline = Positive(keys, "deadline") ?? options.Deadline,
            JoinDeadline = Positive(keys, "join-deadline") ?? options.JoinDeadline,
            IdleAfter = Positive(keys, "idle-after") ?? options.IdleAfter,
        };
        keys.RejectUnknown();
        return options;
    }

    private static TimeSpan? Positive(SectionReader keys, string key)
    {
        var value = keys.Duration(key);
        if (value is { Ticks: <= 0 } or { TotalHours: > 24 })
        {
            keys.Reject(key, $"is '{keys.Text(key)}'", "a time above 0 and at most 24h");
        }

        return value;
    }
}
