using JellyBean.Vision.Cameras;

namespace JellyBean.Vision.Tests.Cameras;

public sealed class CameraAddressTests
{
    [Theory]
    [InlineData("clip.avi", "File")]
    [InlineData("/videos/gate.mp4", "File")]
    [InlineData("file:///videos/gate.mp4", "File")]
    [InlineData("clips/*.mp4", "Files")]
    [InlineData("shots/", "Images")]
    [InlineData("rtsp://10.0.0.7/live", "Rtsp")]
    [InlineData("rtsps://10.0.0.7:322/live", "Rtsp")]
    [InlineData("rtmp://host/app/key", "Rtmp")]
    [InlineData("https://host/live/index.m3u8?token=1", "Hls")]
    [InlineData("http://host/mjpg/video.cgi", "Http")]
    [InlineData("tcp://host:5000", "TransportStream")]
    [InlineData("udp://239.0.0.1:5000", "TransportStream")]
    [InlineData("srt://host:9000?mode=caller", "TransportStream")]
    [InlineData("v4l2:/dev/video0", "Device")]
    [InlineData("/dev/video2", "Device")]
    [InlineData("RTSP://10.0.0.7/live", "Rtsp")]
    [InlineData(" Http://host/live.m3u8", "Hls")]
    [InlineData("12.30@gate.mp4", "File")]
    public void Parse_tells_kinds_apart(string text, string kind) => Assert.Equal(kind, CameraAddress.Parse(text)!.Kind.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("gopher://host/x")]
    [InlineData("rtsp://")]
    [InlineData("tcp://host")]
    [InlineData("v4l2:")]
    public void Parse_refuses_what_is_no_camera(string text) => Assert.Null(CameraAddress.Parse(text));

    [Fact]
    public void Address_never_shows_credentials()
    {
        var address = CameraAddress.Parse("rtsp://admin:p%40ss%2Fword@10.0.0.7:554/live?token=s3cret")!;

        var shown = address.ToString() + address.Shown
            + address.Redact("[rtsp] method DESCRIBE rtsp://admin:p%40ss%2Fword@10.0.0.7:554/live?token=s3cret failed: 401; user admin:p@ss/word, password p@ss/word");

        Assert.Contains("10.0.0.7:554/live", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("p%40ss", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("p@ss/word", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rtsp://admin:s3/cret@10.0.0.7/live")]
    [InlineData("rtsp://admin:x@s3cret@10.0.0.7/live")]
    [InlineData("rtsp:/admin:s3cret@10.0.0.7/live")]
    [InlineData("rtsp//admin:s3cret@10.0.0.7/live")]
    [InlineData("admin:s3cret@10.0.0.7:554/live")]
    [InlineData("foo://admin:x@10.0.0.7/live?token=s3cret")]
    public void Parse_refuses_what_is_almost_a_uri_and_its_credentials_are_not_shown(string text)
    {
        Assert.Null(CameraAddress.Parse(text));
        Assert.DoesNotContain("s3", CameraAddress.ShownOf(text), StringComparison.Ordinal);
        Assert.Contains("@ is written as %40", CameraAddress.AdviceFor(text), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rtsp://admin:s3cret", "rtsp://admin:***")]
    [InlineData("rtsp://admin:s3cret/live", "rtsp://admin:***")]
    [InlineData("tcp://camera:5000x/live", "tcp://camera:***")]
    [InlineData("foo://camera:5000/live", "foo://camera:5000/live")]
    [InlineData("foo://[::1]:5000/live", "foo://[::1]:5000/live")]
    public void Shown_what_was_cut_off_before_the_host_hides_what_may_be_a_password(string text, string expected) => Assert.Equal(expected, CameraAddress.ShownOf(text));

    [Fact]
    public void Parse_scheme_is_given_to_the_decoder_in_its_own_spelling() => Assert.Equal("rtsp://Host/Live", CameraAddress.Parse("RTSP://Host/Live")!.Text);

    [Fact]
    public void Redact_hides_credentials_of_other_places_too_that_a_server_names()
    {
        var said = CameraAddress.Parse("http://host/live.m3u8")!.Redact("[hls] Failed to open 'http://cdn:s3cret@cdn.example:81/a.ts?token=s3cret', at 'tcp://[::1]:80?timeout=0' is it?");

        Assert.Equal("[hls] Failed to open 'http://***@cdn.example:81/a.ts?***', at 'tcp://[::1]:80?***' is it?", said);
    }

    [Theory]
    [InlineData("rtsp://admin:p%40ss@10.0.0.7:554/live?token=s3cret", "rtsp://admin:p%40ss@127.0.0.1:4711/live?token=s3cret")]
    [InlineData("rtsp://10.0.0.7/a@b", "rtsp://127.0.0.1:4711/a@b")]
    [InlineData("rtsp://[::1]:8554", "rtsp://127.0.0.1:4711")]
    public void By_changes_the_place_alone_and_nobody_sees_it(string text, string expected)
    {
        var address = CameraAddress.Parse(text)!;
        var by = address.By("127.0.0.1:4711");

        Assert.Equal(expected, by.Text);
        Assert.Equal((address.Kind, address.Shown), (by.Kind, by.Shown));
        Assert.Equal(address.Redact($"{text}: 404"), by.Redact($"{expected}: 404"));
    }
}
