using System.Text.RegularExpressions;

namespace PedestrianTracking.Tests;

/// <summary>What the guides show of configuration has keys that there are.</summary>
public sealed partial class GuideConfigurationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pedestrian-tracking-");

    [Fact]
    public async Task Configuration_of_the_guides_has_no_key_that_is_unknown()
    {
        var root = Root();
        string[] guides = ["hocon/README.md", "docs/live-change.md", "docs/video.md"];
        List<string> files =
        [
            Path.Combine(root, "examples/PedestrianTracking/live.conf"),
            .. guides.SelectMany(guide => Snippet().Matches(File.ReadAllText(Path.Combine(root, guide)))).Select((m, i) => Write($"guide-{i}.conf", m.Groups["text"].Value)),
        ];
        Assert.True(files.Count >= 8, $"Only {files.Count} configurations were found in the guides.");
        var wrong = Write("wrong.conf", "jellybean.replanning.evry = 3s");
        Write("site.conf", "");

        // Nothing is run, as how much is to be logged is wrong, too; but all is read.
        var run = await ProgramRun.StartAsync(
            ["node", .. files.Append(wrong).SelectMany(file => new[] { "--config", file }), "--verbosity", "none"],
            ("GATE", "rtsp://127.0.0.1:1/gate"), ("YARD", "rtsp://127.0.0.1:1/yard"), ("GATE_CAMERA", "rtsp://127.0.0.1:1/gate"), ("NORTH", "north.mp4"));

        Assert.Contains("'none'", run.Error, StringComparison.Ordinal);
        Assert.Contains("wrong.conf", Assert.Single(run.Error.Split('\n'), line => line.Contains(" is unknown", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "JellyBean.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException($"No folder above '{AppContext.BaseDirectory}' has JellyBean.sln. Run the tests where they are built.");
    }

    [GeneratedRegex(@"^```hocon\n(?<text>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Snippet();
}
