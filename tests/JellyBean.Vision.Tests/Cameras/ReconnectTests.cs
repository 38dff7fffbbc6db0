using System.Globalization;
using JellyBean.Vision.Cameras;

namespace JellyBean.Vision.Tests.Cameras;

[Collection(AloneCollection.Name)]
public sealed class ReconnectTests
{
    private const int Reconnects = 60;

    // What the runtime opens for itself meanwhile; what leaked once for each reconnect would be six times as much.
    private const int Allowance = Reconnects / 6;

    [SkippableFact]
    public async Task Read_lost_again_and_again_leaks_neither_processes_nor_handles()
    {
        Clips.RequireFfmpeg();
        await using var camera = new Camera(
            new CameraOptions { Name = "gate", Uri = "tcp://127.0.0.1:1" }, TimeProvider.System, new SupervisionOptions { FirstWait = TimeSpan.Zero, MostWait = TimeSpan.Zero });
        await using var reading = new Reading(camera);
        await reading.UntilAsync(() => camera.Health!.Connects >= 5);
        var before = Handles();

        await reading.UntilAsync(() => camera.Health!.Connects >= 5 + Reconnects);
        await reading.DisposeAsync();

        await Reading.UntilAsync(() => Decoders() == 0, () => $"{Decoders()} decoders are left.");
        await Reading.UntilAsync(() => Handles() < before + Allowance, () => $"{Handles()} handles are open; {before} were.");
    }

    private static int Handles() => Directory.GetFiles("/proc/self/fd").Length;

    /// <summary>This process's children that are ffmpeg, those included that have ended and were not asked how.</summary>
    private static int Decoders() => Directory.GetDirectories("/proc").Count(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out _) && IsDecoder(folder));

    private static bool IsDecoder(string folder)
    {
        try
        {
            // The name stands in brackets and may hold anything; after it come the state and the parent.
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            var end = stat.LastIndexOf(')');
            return stat[..end].EndsWith("(ffmpeg", StringComparison.Ordinal) && stat[(end + 2)..].Split(' ')[1] == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile, or belongs to somebody else.
            return false;
        }
    }
}
