using JellyBean.Runtime;

namespace JellyBean.Hosting.Configuration;

/// <summary>Reads how patiently nodes wait for each other.</summary>
internal static class ClusterReader
{
    public static LocalClusterOptions Read(SectionReader keys)
    {
        var options = new LocalClusterOptions();
        options = options with
        {
            JoinDeadline = keys.Duration(KeyOf(nameof(options.JoinDeadline))) ?? options.JoinDeadline,
            DeployDeadline = keys.Duration(KeyOf(nameof(options.DeployDeadline))) ?? options.DeployDeadline,
            DrainDeadline = keys.Duration(KeyOf(nameof(options.DrainDeadline))) ?? options.DrainDeadline,
            SilenceDeadline = keys.Duration(KeyOf(nameof(options.SilenceDeadline))) ?? options.SilenceDeadline,
            StopDeadline = keys.Duration(KeyOf(nameof(options.StopDeadline))) ?? options.StopDeadline,
            ReportInterval = keys.Duration(KeyOf(nameof(options.ReportInterval))) ?? options.ReportInterval,
        };
        foreach (var (option, found, allowed) in options.Problems())
        {
            keys.Reject(KeyOf(option), $"is {found}", allowed);
        }

        keys.RejectUnknown();
        return options;
    }

    /// <summary>An option's key: <c>JoinDeadline</c> is <c>join-deadline</c>.</summary>
    private static string KeyOf(string option) => string.Concat(option.Select((c, i) => char.IsUpper(c) ? $"{(i > 0 ? "-" : "")}{char.ToLowerInvariant(c)}" : $"{c}"));
}
