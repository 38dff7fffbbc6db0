using JellyBean.Vision.Cameras;

namespace JellyBean.Vision.Tests.Cameras;

public sealed class FfmpegProcessTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Lines_are_kept_as_whoever_sees_them_says_however_early_they_come()
    {
        using var ended = new CancellationTokenSource(Deadline);
        for (var i = 0; i < 5; i++)
        {
            var seen = 0;
            await using var process = FfmpegProcess.Start("ffmpeg", ["-nonsense"], line => ++seen > 0 && line.Contains("nonsense", StringComparison.Ordinal) ? "it was nonsense" : null);

            Assert.NotEqual(0, await process.WaitAsync(ended.Token));
            Assert.True(seen > 1, "It has said nothing besides.");
            Assert.Equal("it was nonsense", process.LastLine);
            Assert.DoesNotContain("ffmpeg", process.LastLines, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Decoder_that_complains_at_once_is_disposed_of_and_tells_what_it_said()
    {
        for (var i = 0; i < 5; i++)
        {
            await using var decoder = new VideoDecoder("gate", ["-i", "/does/not/exist"], line => line.Replace("/does", "***", StringComparison.Ordinal), CancellationToken.None);
            await decoder.WaitAsync(CancellationToken.None).WaitAsync(Deadline);

            Assert.Contains("***/not/exist", decoder.LastLines, StringComparison.Ordinal);
            Assert.DoesNotContain("/does/", decoder.LastLines, StringComparison.Ordinal);
        }
    }
}
