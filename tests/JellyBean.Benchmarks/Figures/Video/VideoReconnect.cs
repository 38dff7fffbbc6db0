using System.Diagnostics;
using System.Globalization;
using JellyBean.CameraRig;
using JellyBean.Vision.Cameras;

namespace JellyBean.Benchmarks.Figures.Video;

/// <summary>Cameras that are lost again and again, as fast as they are connected anew: what is left behind.</summary>
internal static class VideoReconnect
{
    private const int Fps = 5;
    private const double DefaultReconnects = 1_000;

    // After so many, what is opened and compiled once for all has been, and memory is as large as it will be: 97 MiB after 500, 100 after 1,000 and after 2,500.
    private const int WarmUp = 800;

    // No pause between two attempts: a figure has minutes.
    private static readonly SupervisionOptions Hasty = new() { FirstWait = TimeSpan.Zero, MostWait = TimeSpan.Zero };

    public static Figure Figure { get; } = new(
        "video.reconnect", ["leaked", "reconnects"],
        "1,000 reconnects of two cameras, one of which gives pictures each time and one of which is not there (number as an argument): 0 leaked (decoders, handles, MiB of memory above 5 % of growth)",
        reconnects => MeasureAsync((int)(reconnects ?? DefaultReconnects)));

    private static async Task<FigureValue> MeasureAsync(int reconnects)
    {
        var folder = Directory.CreateTempSubdirectory("jellybean-reconnect-").FullName;
        try
        {
            var clip = await File.ReadAllBytesAsync(RigClip.Encode(folder, Fps, "320x240", seconds: 1));
            await using var breaking = new ByteServer(clip, ends: true);
            await using var lost = NewCamera("lost", breaking.Uri);
            await using var away = NewCamera("away", "tcp://127.0.0.1:1");
            var before = await ConnectAsync(lost, away, WarmUp);
            var started = Stopwatch.GetTimestamp();
            var after = await ConnectAsync(lost, away, reconnects);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {after.Since(before)}; {reconnects / Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} reconnects/s; {lost.Health!.Decoded} pictures; {lost.Health.Trouble}; {away.Health!.Trouble}"));
            return new FigureValue([after.Beyond(before), reconnects]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Both together make so many, and then are read no more.
    private static async Task<LeftBehind> ConnectAsync(Camera lost, Camera away, int reconnects)
    {
        var (first, second) = (lost.Health!.Connects, away.Health!.Connects);
        await using (new FrameWatch(lost))
        await using (new FrameWatch(away))
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            var told = 0L;
            while (lost.Health.Connects - first + away.Health.Connects - second is var made && made < reconnects)
            {
                if (made - told >= 250)
                {
                    told = made;
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture, $"  {made} reconnects; {ChildProcesses.Handles().Values.Sum()} handles, {GC.GetTotalMemory(false) >> 20} MiB managed, {Environment.WorkingSet >> 20} MiB"));
                }

                await timer.WaitForNextTickAsync();
            }
        }

        return await LeftBehind.LookAsync();
    }

    private static Camera NewCamera(string name, string uri) => new(new CameraOptions { Name = name, Uri = uri }, TimeProvider.System, Hasty);
}
