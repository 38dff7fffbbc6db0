using JellyBean.Vision.Cameras;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Vision.Tests.Cameras;

/// <summary>What is known of a camera before it is read.</summary>
public sealed class CheckTests : IDisposable
{
    private readonly Clips _clips = new();

    public void Dispose() => _clips.Dispose();

    [SkippableTheory]
    [InlineData("none.mp4", "there is no file")]
    [InlineData("*.mp4", "no file fits")]
    [InlineData("none/", "there is no folder")]
    [InlineData("notes.avi", "notes.avi")]
    public async Task Files_that_are_not_there_or_no_video_are_told_without_being_read(string name, string said)
    {
        Clips.RequireFfmpeg();
        _clips.Write("notes.avi", [1, 2, 3]);

        var error = await Assert.ThrowsAsync<SourceException>(() => CheckAsync(_clips.PathOf(name)));

        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Files_that_are_there_pass_and_so_do_live_cameras_which_may_be_away()
    {
        _clips.Draw("gate.avi", "64x48");

        await CheckAsync(_clips.PathOf("gate.avi"));
        await CheckAsync(_clips.PathOf("*.avi"));
        await CheckAsync("rtsp://127.0.0.1:1/gate");
    }

    private static async Task CheckAsync(string uri)
    {
        await using var camera = new Camera(new CameraOptions { Name = "gate", Uri = uri });
        await camera.CheckAsync(CancellationToken.None);
    }
}
