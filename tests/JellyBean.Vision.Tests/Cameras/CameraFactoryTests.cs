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
        var settings = Settings(("uri", "gopher://admin:s3cret@camera/1"), ("region", "1,2,3"), ("site", " "), ("max-fps", "0"), ("start-time", "soon"));

        Assert.Null(new CameraFactory().Create(settings));

        Assert.Collection(
            settings.Errors,
            e => Assert.Contains("uri is 'gopher://***@camera/1'", e, StringComparison.Ordinal),
            e => Assert.Contains("region is '1,2,3'; allowed: x,y,width,height", e, StringComparison.Ordinal),
            e => Assert.Contains("site is ' '", e, StringComparison.Ordinal),
            e => Assert.Contains("max-fps is '0'", e, StringComparison.Ordinal),
            e => Assert.Contains("start-time is 'soon'", e, StringComparison.Ordinal));
    }

    [Fact]
    public void Create_options_that_do_not_fit_the_address_are_told_together()
    {
        var settings = Settings(("uri", "http://admin:s3cret@camera/1"), ("listen", "true"), ("transport", "udp"), ("start-time", "2026-01-31T08:00:00Z"), ("site", "yard"), ("rotate", "90"), ("every", "0"), ("record-for", "1s"), ("record-mib", "64"));

        Assert.Null(new CameraFactory().Create(settings));

        Assert.Collection(
            settings.Errors,
            e => Assert.Contains("every is '0'; allowed: a whole number from 1", e, StringComparison.Ordinal),
            e => Assert.Contains("record-for is '1s'; allowed: a duration of 10s or more", e, StringComparison.Ordinal),
            e => Assert.Contains("record-mib is given without 'record'", e, StringComparison.Ordinal),
            e => Assert.Contains("listen is given for 'http://***@camera/1'", e, StringComparison.Ordinal),
            e => Assert.Contains("transport is given for", e, StringComparison.Ordinal),
            e => Assert.Contains("site is 'yard', but the picture is turned", e, StringComparison.Ordinal),
            e => Assert.Contains("start-time is given for", e, StringComparison.Ordinal));
        Assert.DoesNotContain(settings.Errors, e => e.Contains("s3cret", StringComparison.Ordinal));
    }

    [Fact]
    public void Create_live_camera_reads_all_its_keys()
    {
        var settings = Settings(("uri", "rtsp://camera/1"), ("transport", "udp"), ("stall-after", "5s"), ("clock-offset", "-250ms"), ("max-width", "640"), ("rotate", "270"), ("hardware", "false"), ("every", "2"), ("max-fps", "5"),
            ("record", "recordings"), ("record-for", "30s"), ("record-mib", "64"));

        var camera = new CameraFactory().Create(settings);
        settings.RejectUnknown();

        Assert.Empty(settings.Errors);
        Assert.False(camera!.IsReplayable);
        Assert.Equal(5, camera.NominalRate);
    }

    [Theory]
    [InlineData("2147483647,0,2,2")]
    [InlineData("0,0,0,2")]
    [InlineData("-1,0,2,2")]
    [InlineData("0,0,16385,2")]
    public void Create_region_that_lies_on_no_picture_is_told(string region)
    {
        var settings = Settings(("uri", "clip.avi"), ("region", region));

        Assert.Null(new CameraFactory().Create(settings));
        Assert.Contains($"region is '{region}'", Assert.Single(settings.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Camera_options_out_of_range_are_told_together()
    {
        var options = new CameraOptions { Name = "gate", Uri = "clip.avi", Region = new Region(-1, 0, 2, 2), MaxFps = double.NaN, Every = 0, Rotate = 45, MaxWidth = 0, StallAfter = TimeSpan.Zero };

        var error = Assert.Throws<ArgumentException>(() => new Camera(options));

        Assert.All(
            new[] { "Camera 'gate'", "region is", "max-fps is NaN", "every is 0", "rotate is 45", "max-width is 0", "limit of silence" },
            said => Assert.Contains(said, error.Message, StringComparison.Ordinal));
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
