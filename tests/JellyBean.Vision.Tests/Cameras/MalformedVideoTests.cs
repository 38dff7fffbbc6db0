using JellyBean.CameraRig;
using JellyBean.Vision.Cameras;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Vision.Tests.Cameras;

public sealed class MalformedVideoTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);
    private readonly string _folder = Directory.CreateTempSubdirectory("jellybean-malformed-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task Read_malformed_files_are_pictures_bad_items_or_a_clear_refusal_and_nothing_else()
    {
        Clips.RequireFfmpeg();
        using var limit = new CancellationTokenSource(Deadline);
        List<string> refusals = [];
        foreach (var (name, bytes) in MalformedVideo.Of(RigClip.Encode(_folder, size: "320x240", seconds: 4)))
        {
            var path = Path.Combine(_folder, name);
            await File.WriteAllBytesAsync(path, bytes, limit.Token);
            await using var camera = new Camera(new CameraOptions { Name = "gate", Uri = path });
            try
            {
                await foreach (var item in camera.ReadAsync(0, limit.Token))
                {
                    Assert.True(item.Fault is not null || item.Value is { Width: <= 8192, Height: <= 8192 });
                }
            }
            catch (SourceException refusal)
            {
                refusals.Add($"{name}: {refusal.Message}");
            }
        }

        Assert.All(refusals, r => Assert.Contains("Camera 'gate'", r, StringComparison.Ordinal));
        foreach (var hopeless in new[] { "empty.ts", "random-10s.ts", "zeros.ts", "text.ts", "absurd.ppm", "absurd.bmp", "absurd.y4m", "wrong-codec.mp4" })
        {
            Assert.Contains(refusals, r => r.StartsWith(hopeless, StringComparison.Ordinal));
        }
    }

    [SkippableFact]
    public async Task Read_stream_of_noise_is_told_as_unreadable_and_tried_again()
    {
        Clips.RequireFfmpeg();
        var noise = MalformedVideo.Of(RigClip.Encode(_folder, size: "320x240", seconds: 4)).First(v => v.Name == "random-10s.ts").Bytes;
        await using var stream = new ByteServer(noise, ends: true);
        await using var camera = new Camera(
            new CameraOptions { Name = "gate", Uri = stream.Uri }, TimeProvider.System, new SupervisionOptions { FirstFrame = TimeSpan.FromMinutes(1) });
        await using var reading = new Reading(camera);

        await reading.UntilAsync(() => camera.Health!.Connects >= 3);

        Assert.Equal(SourceCondition.Unreachable, camera.Health!.Condition);
        Assert.StartsWith("it could not be read", camera.Health.Trouble, StringComparison.Ordinal);
        Assert.Empty(reading.Items);
    }

    [SkippableFact]
    public async Task Read_stream_whose_bytes_are_flipped_goes_on()
    {
        Clips.RequireFfmpeg();
        await using var rig = RigCamera.Create("tcp", RigClip.Encode(_folder, size: "320x240", seconds: 10));
        rig.Start();
        await using var camera = new Camera(new CameraOptions { Name = "gate", Uri = rig.Uri });
        await using var reading = new Reading(camera);
        await reading.TakeAsync(3);

        rig.Garble = 0.0005;
        await reading.UntilAsync(() => camera.Work.DamageReports > 3);
        rig.Garble = 0;
        var sofar = reading.Items.Count;
        await reading.TakeAsync(sofar + 10);

        Assert.All(reading.Items.Zip(reading.Items.Skip(1)), pair => Assert.True(pair.Second.EventTime > pair.First.EventTime));
    }
}
