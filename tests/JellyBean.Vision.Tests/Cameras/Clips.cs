using System.Diagnostics;

namespace JellyBean.Vision.Tests.Cameras;

/// <summary>Small clips that ffmpeg draws for one test, deleted with it.</summary>
public sealed class Clips : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly Lazy<bool> Installed = new(() => Starts("ffmpeg") && Starts("ffprobe"));
    private readonly string _folder = Directory.CreateTempSubdirectory("jellybean-vision-").FullName;

    public static void RequireFfmpeg() =>
        Skip.IfNot(Installed.Value, "ffmpeg is not installed. 'bash examples/PedestrianTracking/run.sh' sets it up (Debian package ffmpeg).");

    /// <summary>Whether the installed ffmpeg reads by a protocol.</summary>
    public static bool Knows(string protocol)
    {
        RequireFfmpeg();
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", ["-hide_banner", "-protocols"]) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd().Split('\n').Any(line => line.Trim() == protocol);
    }

    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>Draws a test picture that changes from frame to frame.</summary>
    public string Draw(string name, string size = "64x48", string rate = "10", string seconds = "2", params string[] codec) =>
        Run(name, ["-f", "lavfi", "-i", $"testsrc=size={size}:rate={rate}:duration={seconds}", .. codec]);

    public string Run(string name, params string[] arguments)
    {
        RequireFfmpeg();
        var path = PathOf(name);
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", ["-v", "error", "-nostdin", "-y", .. arguments, path]))!;
        Assert.True(process.WaitForExit(Deadline) && process.ExitCode == 0, $"Drawing {name} failed.");
        return path;
    }

    public string Write(string name, byte[] content)
    {
        File.WriteAllBytes(PathOf(name), content);
        return PathOf(name);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static bool Starts(string program)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, ["-version"]) { RedirectStandardOutput = true })!;
            process.StandardOutput.ReadToEnd();
            return process.WaitForExit(Deadline);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
