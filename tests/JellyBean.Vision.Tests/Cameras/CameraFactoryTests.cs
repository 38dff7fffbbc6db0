using JellyBean.Vision.Cameras;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Vision.Tests.Cameras;

public sealed class CameraFactoryTests
{
    [Fact]
    public void Create_reads_its_keys_and_leaves_the_others_to_the_host()
    {
        var settings = Settings(("uri", "clip.avi"), ("region", "0,0,448,576"), ("site", "yard"), ("max-fps", "5"), ("start-time", "2026-01-31T08:00:00Z"), ("overload", "block"));

        var camera = new CameraFactory().Create(settings);
        settings.RejectUnknown();

        Assert.Equal("north", camera!.Name);
        Assert.True(camera.IsReplayable);
        var error = Assert.Single(settings.Errors);
        Assert.Contains("overload is unknown", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_all_errors_are_told_at_once()
    {
        var settings = Settings(("uri", "rtsp://camera/1"), ("region", "1,2,3"), ("site", " "), ("max-fps", "0"), ("start-time", "soon"));

        Assert.Null(new CameraFactory().Create(settings));

        Assert.Collection(
            settings.Errors,
            e => Assert.Contains("uri is 'rtsp://camera/1'", e, StringComparison.Ordinal),
            e => Assert.Contains("region is '1,2,3'; allowed: x,y,width,height", e, StringComparison.Ordinal),
            e => Assert.Contains("site is ' '", e, StringComparison.Ordinal),
            e => Assert.Contains("max-fps is '0'", e, StringComparison.Ordinal),
            e => Assert.Contains("start-time is 'soon'", e, StringComparison.Ordinal));
    }

    [Fact]
    public void Create_uri_missing_is_told()
    {
        var settings = Settings();

        Assert.Null(new CameraFactory().Create(settings));
        Assert.Contains("uri is missing", Assert.Single(settings.Errors), StringComparison.Ordinal);
    }

    private static SourceSettings Settings(params (string Key, string Value)[] values) =>
        new("jellybean.inputs.cameras.north", "north", values.ToDictionary(v => v.Key, v => v.Value));
}
