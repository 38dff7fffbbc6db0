namespace JellyBean.EndToEnd.Tests.Cameras;

/// <summary>Live cameras on a real network stack, real decoders, the example's program as it is started by hand.</summary>
public sealed class CameraCommandTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    [SkippableFact]
    public async Task Camera_of_the_command_line_flows_others_come_pause_and_go_and_a_killed_process_goes_on_with_every_frame_it_had_taken()
    {
        Skip.IfNot(CameraSite.WhyNot is null, CameraSite.WhyNot);
        await using var site = new CameraSite(Deadline);
        var (gate, yard) = (site.Begin("rtsp"), site.Begin("mjpeg"));
        await site.StartAsync("gate", gate);
        var run = site.Run();
        await site.FramesAsync("gate", [], more: 3);

        await site.DoAsync("add", "yard", $"uri={yard}", "overload=drop-oldest:1000", "rate=5");
        await site.FramesAsync("yard", [], more: 3);
        await site.DoAsync("pause", "yard");
        Assert.Contains("paused", await site.DoAsync("status"), StringComparison.Ordinal);
        await site.DoAsync("resume", "yard");
        var resumed = await site.FramesAsync("yard", site.Frames("yard"), more: 3);
        await site.DoAsync("remove", "yard");
        await run.SaysAsync(@"Source 'cameras/yard' is removed: it had given \d+ elements", site.Deadline);
        AssertWhole(resumed);

        site.Kill();
        var before = site.Frames("gate");
        await site.StartAsync("gate", gate);
        var after = await site.FramesAsync("gate", before, more: 10);
        await site.DoAsync("stop");

        Assert.True(await run.EndsAsync(site.Deadline) == 0, site.Everything);
        Assert.True(before.Count > 0 && after.Count >= before.Count + 10);
        AssertWhole(after);
    }

    // Somebody is in each frame of the clip. But where the clip begins anew, and where the camera was not read for a while, the tracker knows nobody yet: one frame has no row then. The first number is the engine's.
    private static void AssertWhole(IReadOnlyList<long> frames) => Assert.All(frames.Zip(frames.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 1, 2));
}
