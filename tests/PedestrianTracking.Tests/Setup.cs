using System.Diagnostics;
using JellyBean.Workflows.Models;

namespace PedestrianTracking.Tests;

/// <summary>What run.sh sets up, and short clips made of it. Deleted with the test.</summary>
public sealed class Setup : IDisposable
{
    public const string Clip = "/usr/share/doc/opencv-doc/examples/data/vtest.avi";
    private const string Advice = "'bash examples/PedestrianTracking/run.sh' sets it up.";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("pedestrian-tracking-").FullName;

    /// <summary>Skips the test where the clip, ffmpeg or the models are missing.</summary>
    public static void Require()
    {
        Skip.IfNot(File.Exists(Clip), $"The clip '{Clip}' is missing. {Advice}");
        Skip.IfNot(OnPath("ffmpeg") && OnPath("ffprobe"), $"ffmpeg is missing. {Advice}");
        foreach (var variant in Tracking.Detector.Variants)
        {
            var file = ModelCache.PathOf(variant.Name);
            Skip.IfNot(File.Exists(file), $"The model '{file}' is missing. {Advice}");
        }
    }

    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>The first frames of the clip, as they are.</summary>
    public string FirstFrames(int frames) => Ffmpeg($"first-{frames}.avi", "-i", Clip, "-frames:v", $"{frames}", "-c", "copy");

    /// <summary>Makes a file with ffmpeg.</summary>
    public string Ffmpeg(string name, params string[] arguments)
    {
        var path = PathOf(name);
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", ["-v", "error", "-nostdin", "-y", .. arguments, path]))!;
        Assert.True(process.WaitForExit(Deadline) && process.ExitCode == 0, $"Making {name} failed.");
        return path;
    }

    public string Write(string name, ReadOnlySpan<byte> content)
    {
        File.WriteAllBytes(PathOf(name), content);
        return PathOf(name);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
