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
            JoinDeadline = keys.Duration(SectionReader.KeyOf(nameof(options.JoinDeadline))) ?? options.JoinDeadline,
            DeployDeadline = keys.Duration(SectionReader.KeyOf(nameof(options.DeployDeadline))) ?? options.DeployDeadline,
            DrainDeadline = keys.Duration(SectionReader.KeyOf(nameof(options.DrainDeadline))) ?? options.DrainDeadline,
            LeaveDeadline = keys.Duration(SectionReader.KeyOf(nameof(options.LeaveDeadline))) ?? options.LeaveDeadline,
            SilenceDeadline = keys.Duration(SectionReader.KeyOf(nameof(options.SilenceDeadline))) ?? options.SilenceDeadline,
            StopDeadline = keys.Duration(SectionReader.KeyOf(nameof(options.StopDeadline))) ?? options.StopDeadline,
            ReportInterval = keys.Duration(SectionReader.KeyOf(nameof(options.ReportInterval))) ?? options.ReportInterval,
        };
        foreach (var (option, found, allowed) in options.Problems())
        {
            keys.RejectOption(option, found, allowed);
        }

        keys.RejectUnknown();
        return options;
    }
}
