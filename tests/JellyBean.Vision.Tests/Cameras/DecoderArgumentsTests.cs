using JellyBean.Vision.Cameras;

namespace JellyBean.Vision.Tests.Cameras;

public sealed class DecoderArgumentsTests
{
    [Theory]
    [InlineData("v4l2:/dev/video3", false, "-f v4l2 -i /dev/video3")]
    [InlineData("/dev/video0", false, "-f v4l2 -i /dev/video0")]
    [InlineData("rtsp://host/live", false, "-allowed_media_types video -rtsp_transport tcp -i rtsp://host/live")]
    [InlineData("rtsp://0.0.0.0:8554/live", true, "-allowed_media_types video -rtsp_flags listen -i rtsp://0.0.0.0:8554/live")]
    [InlineData("rtmp://0.0.0.0/live/yard", true, "-rw_timeout 10000000 -listen 1 -i rtmp://0.0.0.0/live/yard")]
    [InlineData("https://host/live.m3u8", false, "-live_start_index -1 -i https://host/live.m3u8")]
    [InlineData("tcp://host:5000", false, "-f mpegts -i tcp://host:5000")]
    [InlineData("tcp://0.0.0.0:5000", true, "-rw_timeout 10000000 -f mpegts -i tcp://0.0.0.0:5000?listen=1")]
    [InlineData("udp://0.0.0.0:5000", false, "-f mpegts -i udp://0.0.0.0:5000")]
    [InlineData("srt://host:9000?passphrase=secret", false, "-f mpegts -i srt://host:9000?passphrase=secret")]
    [InlineData("srt://0.0.0.0:9000?passphrase=secret", true, "-rw_timeout 10000000 -f mpegts -i srt://0.0.0.0:9000?passphrase=secret&mode=listener")]
    [InlineData("http://host/mjpg", false, "-use_wallclock_as_timestamps 1 -i http://host/mjpg")]
    public void OfLive_reads_each_kind_in_its_way(string uri, bool listens, string expected)
    {
        var options = new CameraOptions { Name = "gate", Uri = uri, Listen = listens };

        Assert.Contains($" {expected} ", Text(DecoderArguments.OfLive(options, CameraAddress.Parse(uri)!, segments: null)), StringComparison.Ordinal);
    }

    [Fact]
    public void OfLive_waits_for_nothing_and_decodes_in_one_thread_into_pictures_turned_then_cut_out_then_made_smaller()
    {
        var options = new CameraOptions { Name = "gate", Uri = "rtsp://host/live", Transport = RtspTransport.Udp, Rotate = 270, Region = new Region(2, 4, 64, 48), MaxWidth = 32, Hardware = false };

        var arguments = Text(DecoderArguments.OfLive(options, CameraAddress.Parse(options.Uri)!, segments: null));

        Assert.Contains(" -threads 1 -max_alloc ", arguments, StringComparison.Ordinal);
        Assert.Contains(" -flags low_delay ", arguments, StringComparison.Ordinal);
        Assert.Contains(" -rtsp_transport udp ", arguments, StringComparison.Ordinal);
        Assert.Matches("-vf transpose=cclock,crop=.*:x=2:y=4:exact=1,scale=.*32.*,showinfo", arguments);
        Assert.DoesNotContain("hwaccel", arguments, StringComparison.Ordinal);
    }

    [Fact]
    public void OfLive_recorded_stream_is_kept_as_it_comes()
    {
        var options = new CameraOptions { Name = "gate", Uri = "tcp://host:5000", MaxWidth = 32 };

        var arguments = Text(DecoderArguments.OfLive(options, CameraAddress.Parse(options.Uri)!, "/recordings/gate/%d.nut"));

        Assert.EndsWith("/recordings/gate/%d.nut ", arguments, StringComparison.Ordinal);
        Assert.Matches("pipe:1 -map 0:V:0 -c copy ", arguments);
    }

    private static string Text(IEnumerable<string> arguments) => string.Concat(arguments.Select(a => a + " "));
}
