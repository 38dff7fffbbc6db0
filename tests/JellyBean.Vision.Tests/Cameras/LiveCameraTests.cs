using System.Net;
using System.Net.Sockets;
using JellyBean.CameraRig;
using JellyBean.Vision.Cameras;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Vision.Tests.Cameras;

/// <summary>Real cameras on loopback, real decoders.</summary>
public sealed class LiveCameraTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);
    private readonly string _folder = Directory.CreateTempSubdirectory("jellybean-live-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [InlineData("rtsp", "tcp")]
    [InlineData("rtsp", "udp")]
    [InlineData("tcp", "tcp")]
    [InlineData("udp", "tcp")]
    [InlineData("rtmp", "tcp")]
    [InlineData("hls", "tcp")]
    [InlineData("mjpeg", "tcp")]
    public async Task Read_gives_frames_with_rising_times_of_now(string protocol, string transport)
    {
        await using var rig = Begin(protocol);
        await using var camera = NewCamera(rig, transport: transport);
        await using var reading = new Reading(camera);

        var items = await reading.TakeAsync(8);

        Assert.Equal(Enumerable.Range(0, 8).Select(n => (long)n), items.Select(i => i.Value!.Number));
        Assert.All(items.Zip(items.Skip(1)), pair => Assert.True(pair.Second.EventTime > pair.First.EventTime));
        Assert.InRange(DateTimeOffset.UtcNow - items[^1].EventTime, TimeSpan.FromSeconds(-1), Deadline);
        Assert.All(items, i => Assert.Equal((320, 240), (i.Value!.Width, i.Value.Height)));
        Assert.Equal(SourceCondition.Flowing, camera.Health!.Condition);
        Assert.False(camera.IsReplayable);

        // In a playlist with the first frame; in reports of a camera's clock each few seconds, within its connection.
        if (protocol == "hls" || (protocol, transport) == ("rtsp", "tcp"))
        {
            await reading.UntilAsync(() => camera.Health!.IsTimeTold);
        }
        else
        {
            Assert.False(camera.Health.IsTimeTold);
        }
    }

    [SkippableFact]
    public async Task Read_transport_stream_over_srt_where_the_decoder_has_it()
    {
        Skip.IfNot(Clips.Knows("srt"), "This ffmpeg has no SRT.");
        await using var rig = Begin("srt");
        await using var camera = NewCamera(rig);
        await using var reading = new Reading(camera);

        Assert.Equal([0L, 1L, 2L], (await reading.TakeAsync(3)).Select(i => i.Value!.Number));
    }

    [SkippableFact]
    public async Task Read_device_that_is_not_there_is_told_and_tried_again()
    {
        Clips.RequireFfmpeg();
        await using var camera = new Camera(new CameraOptions { Name = "gate", Uri = "v4l2:/dev/video-none" });
        await using var reading = new Reading(camera);

        await reading.UntilAsync(() => camera.Health!.Connects >= 2);

        Assert.Equal(SourceCondition.Unreachable, camera.Health!.Condition);
        Assert.Contains("/dev/video-none: No such file or directory", camera.Health.Trouble, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Read_pictures_without_times_have_those_of_their_coming()
    {
        await using var rig = Begin("mjpeg");
        await using var camera = NewCamera(rig);
        await using var reading = new Reading(camera);

        var items = await reading.TakeAsync(31);

        // Five a second take 6 s; 25 a second, which ffmpeg takes for granted, would take 1.2 s.
        Assert.InRange(items[^1].EventTime - items[0].EventTime, TimeSpan.FromSeconds(2.5), Deadline);
    }

    [SkippableTheory]
    [InlineData("rtsp")]
    [InlineData("tcp")]
    public async Task Read_camera_that_vanishes_and_comes_back_flows_again_and_numbers_go_on(string protocol)
    {
        await using var rig = Begin(protocol);
        await using var camera = NewCamera(rig);
        await using var reading = new Reading(camera);
        await reading.TakeAsync(3);

        await rig.StopAsync();
        await reading.UntilAsync(() => camera.Health!.Condition == SourceCondition.Unreachable);
        rig.Start();
        await reading.UntilAsync(() => camera.Health!.Condition == SourceCondition.Flowing);
        var items = await reading.TakeAsync(reading.Items.Count + 3);

        Assert.Equal(Enumerable.Range(0, items.Count).Select(n => (long)n), items.Select(i => i.Value!.Number));
        Assert.All(items.Zip(items.Skip(1)), pair => Assert.True(pair.Second.EventTime > pair.First.EventTime));
        Assert.NotNull(camera.Health!.Trouble);
        Assert.InRange(camera.Health.Connects, 2, 1000);
    }

    [SkippableFact]
    public async Task Read_caller_that_says_nothing_does_not_keep_the_camera_out()
    {
        Clips.RequireFfmpeg();
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        await using var camera = new Camera(new CameraOptions { Name = "gate", Uri = $"rtmp://127.0.0.1:{port}/live/gate", Listen = true });
        await using var reading = new Reading(camera);

        TcpClient? caller = null;
        await reading.UntilAsync(() => (caller = Call(port)) is not null);
        using var silent = caller;
        await reading.UntilAsync(() => camera.Health!.Connects >= 2);

        Assert.Equal(SourceCondition.Unreachable, camera.Health!.Condition);
    }

    [SkippableFact]
    public async Task Read_frozen_camera_is_told_as_stalled_within_its_limit_and_flows_again()
    {
        await using var rig = Begin("rtsp");
        await using var camera = NewCamera(rig, stall: TimeSpan.FromSeconds(1));
        await using var reading = new Reading(camera);
        await reading.TakeAsync(3);

        rig.Freeze();
        await reading.UntilAsync(() => camera.Health is { Stalls: >= 1, Trouble: "no frame for 1 s" });
        rig.Thaw();
        await reading.TakeAsync(reading.Items.Count + 3);

        await reading.UntilAsync(() => camera.Health!.Condition == SourceCondition.Flowing);
    }

    [SkippableFact]
    public async Task Read_wrong_password_is_told_as_such_and_never_shown()
    {
        await using var rig = new RtspRigCamera(Clip()) { Credentials = "admin:right" };
        rig.Start();
        await using var camera = new Camera(Options(rig) with { Uri = rig.Uri.Replace("rtsp://", "rtsp://admin:wr0ng@", StringComparison.Ordinal) });
        await using var reading = new Reading(camera);

        await reading.UntilAsync(() => camera.Health!.Condition == SourceCondition.Refused);

        Assert.Contains("credentials were refused", camera.Health!.Trouble, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng", camera.Health.Trouble, StringComparison.Ordinal);
        Assert.Empty(reading.Items);
    }

    [SkippableFact]
    public async Task Read_right_password_is_let_in()
    {
        await using var rig = new RtspRigCamera(Clip()) { Credentials = "admin:r!ght" };
        rig.Start();
        await using var camera = new Camera(Options(rig) with { Uri = rig.Uri.Replace("rtsp://", "rtsp://admin:r!ght@", StringComparison.Ordinal) });
        await using var reading = new Reading(camera);

        await reading.TakeAsync(2);
    }

    [SkippableFact]
    public async Task Read_camera_that_changes_its_resolution_goes_on_with_whole_pictures()
    {
        // One stream, without a break between its halves.
        var small = await File.ReadAllBytesAsync(Clip(seconds: 4));
        var large = await File.ReadAllBytesAsync(Clip("640x480", seconds: 4));
        var both = Path.Combine(_folder, "both.ts");
        await File.WriteAllBytesAsync(both, [.. small, .. large]);
        await using var stream = new ByteServer(await File.ReadAllBytesAsync(both));
        await using var camera = new Camera(new CameraOptions { Name = "gate", Uri = stream.Uri });
        await using var reading = new Reading(camera);

        await reading.UntilAsync(() => reading.Items.Any(i => i.Value is { Width: 640, Height: 480 }));

        Assert.Equal([(320, 240), (640, 480)], reading.Items.Select(i => (i.Value!.Width, i.Value.Height)).Distinct());

        // Bars of the drawn picture: a frame whose rows had slipped would show others.
        var (first, last) = (reading.Items[0].Value!, reading.Items.First(i => i.Value!.Width == 640).Value!);
        Assert.InRange(Math.Abs(Mean(first, 0.05) - Mean(last, 0.05)), 0, 12);
    }

    [SkippableFact]
    public async Task Read_rate_options_leave_frames_out_and_count_them()
    {
        await using var rig = Begin("tcp", fps: 20);
        await using var camera = new Camera(Options(rig) with { Every = 4, MaxWidth = 160 });
        await using var reading = new Reading(camera);

        var items = await reading.TakeAsync(5);
        await reading.DisposeAsync();

        Assert.All(items, i => Assert.Equal((160, 120), (i.Value!.Width, i.Value.Height)));
        var health = camera.Health!;
        Assert.Equal(reading.Items.Count, health.Decoded - health.LeftOut);
        Assert.InRange(health.LeftOut, 3 * (reading.Items.Count - 1), 3 * reading.Items.Count);
    }

    /// <returns>Null where nobody listens.</returns>
    private static TcpClient? Call(int port)
    {
        try
        {
            return new TcpClient("127.0.0.1", port);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static double Mean(Frame frame, double share)
    {
        var x = (int)(frame.Width * share);
        return Enumerable.Range(0, frame.Height / 2).Average(y => frame.Pixels[4 * ((y * frame.Width) + x)]);
    }

    private string Clip(string size = "320x240", int fps = 5, int seconds = 10)
    {
        Clips.RequireFfmpeg();
        return RigClip.Encode(_folder, fps, size, seconds);
    }

    private RigCamera Begin(string protocol, int fps = 5)
    {
        var rig = RigCamera.Create(protocol, Clip(fps: fps));
        rig.Start();
        return rig;
    }

    // More patient than outside of tests, so that a machine that is busy with other tests is not taken for a camera that has stalled.
    private static Camera NewCamera(RigCamera rig, string transport = "tcp", TimeSpan? stall = null) => new(
        Options(rig) with { Transport = transport == "udp" ? RtspTransport.Udp : RtspTransport.Tcp },
        TimeProvider.System,
        new SupervisionOptions { StallAfter = stall ?? TimeSpan.FromMinutes(1), FirstFrame = TimeSpan.FromMinutes(1) });

    private static CameraOptions Options(RigCamera rig) => new() { Name = "gate", Uri = rig.Uri, Listen = rig.Uri.StartsWith("rtmp:", StringComparison.Ordinal) };
}
