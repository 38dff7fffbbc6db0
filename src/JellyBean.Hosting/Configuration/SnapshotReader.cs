using JellyBean.Runtime;

namespace JellyBean.Hosting.Configuration;

/// <summary>Reads how often a run stores what it holds.</summary>
internal static class SnapshotReader
{
    /// <returns>Null where no snapshots are to be taken.</returns>
    public static SnapshotOptions? Read(SectionReader keys, string outputFolder)
    {
        var options = new SnapshotOptions { Folder = Path.Combine(outputFolder, "snapshots") };
        options = options with
        {
            Every = keys.Duration("every") ?? options.Every,
            Deadline = keys.Duration("deadline") ?? options.Deadline,
            Folder = keys.Text("folder") is { } folder ? Path.GetFullPath(folder) : options.Folder,
        };
        var isOn = keys.Flag("enabled") ?? true;
        foreach (var (option, found, allowed) in options.Problems())
        {
            keys.RejectOption(option, found, allowed);
        }

        keys.RejectUnknown();
        return isOn ? options : null;
    }
}
