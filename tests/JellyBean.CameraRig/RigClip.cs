using System.Diagnostics;

namespace JellyBean.CameraRig;

/// <summary>What the cameras show: the clip, or a drawn picture, encoded once so that sending it costs next to nothing.</summary>
public static class RigClip
{
    /// <summary>The clip that Debian's opencv-doc installs.</summary>
    public const string People = "/usr/share/doc/opencv-doc/examples/data/vtest.avi";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Encodes the clip: a key frame each second, so that who joins sees soon.</summary>
    /// <param name="folder">Where the file goes.</param>
    /// <param name="fps">Frames per second.</param>
    /// <param name="size">Such as 640x480; null for the clip's own, 768x576.</param>
    /// <param name="seconds">How long it is before it begins again.</param>
    /// <param name="source">A file; null draws a test picture.</param>
    public static string Encode(string folder, int fps = 5, string? size = null, int seconds = 30, string? source = null)
    {
        var path = Path.Combine(folder, $"clip-{fps}-{size ?? "own"}-{(source is null ? "drawn" : "people")}.ts");
        if (!File.Exists(path))
        {
            string[] input = source is null ? ["-f", "lavfi", "-i", $"testsrc=size={size ?? "768x576"}:rate={fps}:duration={seconds}"] : ["-t", $"{seconds}", "-i", source];
            string[] scale = size is null ? [] : ["-s", size];
            Run(["-v", "error", "-nostdin", "-y", .. input, "-r", $"{fps}", "-fps_mode", "cfr", .. scale, "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p",
                "-g", $"{fps}", "-bf", "0", "-x264-params", "repeat-headers=1", "-f", "mpegts", path]);
        }

        return path;
    }

    internal static void Run(string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", arguments))!;
        if (!process.WaitForExit(Deadline) || process.ExitCode != 0)
        {
            throw new InvalidOperationException($"ffmpeg {string.Join(' ', arguments)} failed.");
        }
    }
}
