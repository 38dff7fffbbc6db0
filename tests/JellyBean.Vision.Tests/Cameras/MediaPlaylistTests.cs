using JellyBean.Vision.Cameras;

namespace JellyBean.Vision.Tests.Cameras;

public sealed class MediaPlaylistTests
{
    private static readonly Uri At = new("https://host/live/index.m3u8?token=1");

    [Fact]
    public void Parse_segments_begin_when_told_or_where_the_one_before_ends()
    {
        var playlist = MediaPlaylist.Parse(
            """
            #EXTM3U
            #EXT-X-TARGETDURATION:2
            #EXT-X-MEDIA-SEQUENCE:7
            #EXTINF:2.0,
            6.ts
            #EXT-X-PROGRAM-DATE-TIME:2026-01-31T08:00:00.250Z
            #EXTINF:2.0,
            7.ts
            #EXTINF:1.5,a title
            8.ts?part=1
            #EXT-X-DISCONTINUITY
            #EXTINF:2,
            https://other/9.ts
            #EXT-X-PROGRAM-DATE-TIME:2026-01-31T10:00:05+0200
            #EXTINF:2,
            10.ts
            """,
            At);

        Assert.Empty(playlist.Variants);
        Assert.Equal(["https://host/live/6.ts", "https://host/live/7.ts", "https://host/live/8.ts?part=1", "https://other/9.ts", "https://host/live/10.ts"], playlist.Segments.Select(s => s.Uri.AbsoluteUri));
        Assert.Equal([null, Time(0.25), Time(2.25), null, Time(5)], playlist.Segments.Select(s => s.Begins));
        Assert.Equal(Time(2.25), playlist.BeginOf(new Uri("https://host/live/8.ts?part=1")));
        Assert.Null(playlist.BeginOf(new Uri("https://host/live/11.ts")));
    }

    [Fact]
    public void Parse_of_several_rates_gives_their_playlists()
    {
        var playlist = MediaPlaylist.Parse("#EXTM3U\r\n#EXT-X-STREAM-INF:BANDWIDTH=1280000\r\nlow/index.m3u8\r\n#EXT-X-STREAM-INF:BANDWIDTH=2560000\r\n/high.m3u8\r\n", At);

        Assert.Empty(playlist.Segments);
        Assert.Equal(["https://host/live/low/index.m3u8", "https://host/high.m3u8"], playlist.Variants.Select(v => v.AbsoluteUri));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>not found</html>")]
    [InlineData("#EXT-X-PROGRAM-DATE-TIME:soon\n#EXTINF:nan,\n1.ts")]
    public void Parse_of_anything_tells_no_time(string text) => Assert.All(MediaPlaylist.Parse(text, At).Segments, s => Assert.Null(s.Begins));

    private static DateTimeOffset Time(double seconds) => new DateTimeOffset(2026, 1, 31, 8, 0, 0, TimeSpan.Zero).AddSeconds(seconds);
}
