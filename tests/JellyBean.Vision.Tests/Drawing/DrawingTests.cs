using JellyBean.Vision.Cameras;
using JellyBean.Vision.Drawing;
using JellyBean.Vision.Tests.Cameras;
using SkiaSharp;

namespace JellyBean.Vision.Tests.Drawing;

public sealed class DrawingTests : IDisposable
{
    private readonly Clips _clips = new();

    public void Dispose() => _clips.Dispose();

    [Fact]
    public void Annotate_draws_on_a_copy()
    {
        var frame = Frame.Blank("north", width: 64, height: 64);

        var annotated = frame.Annotate([new Mark(new Box(10, 20, 30, 30), "7", 7), new Mark(new Box(-20, -20, 500, 500), "edge", 8)]);

        Assert.True(frame.Pixels[((20 * 64) + 20) * 4] < 10);
        Assert.True(annotated.Pixels.Slice(((20 * 64) + 20) * 4, 3).ToArray().Max() > 100);
        Assert.True(annotated.Pixels[((40 * 64) + 25) * 4] < 30);
        Assert.Equal((frame.Camera, frame.Number), (annotated.Camera, annotated.Number));
    }

    [Fact]
    public void ColorOf_keys_that_follow_each_other_are_easily_told_apart()
    {
        static int Channel(uint color, int channel) => (int)(color >> (8 * channel)) & 0xFF;

        Assert.All(
            from key in Enumerable.Range(0, 200) from next in Enumerable.Range(1, 4) select (Canvas.ColorOf(key), Canvas.ColorOf(key + next)),
            pair => Assert.True(Enumerable.Range(0, 3).Max(c => Math.Abs(Channel(pair.Item1, c) - Channel(pair.Item2, c))) >= 75));
        Assert.Equal(50, Enumerable.Range(1, 50).Select(k => Canvas.ColorOf(k)).Distinct().Count());
    }

    [Fact]
    public void StepChart_is_a_png_with_a_step_for_each_point()
    {
        var one = StepChart.Png("one", "cost", [(0.1, 0.55, "cheap")]);
        var two = StepChart.Png("two", "cost", [(0.1, 0.55, "cheap"), (0.3, 0.85, "dear")]);

        using var first = SKBitmap.Decode(one);
        using var second = SKBitmap.Decode(two);
        Assert.Equal((960, 540 + (2 * 22)), (second.Width, second.Height));
        Assert.True(Blue(second) > Blue(first));
        Assert.Throws<ArgumentException>(() => StepChart.Png("none", "cost", []));

        static int Blue(SKBitmap chart) => chart.Pixels.Where(p => p is { Red: 0x2A, Green: 0x6F, Blue: 0x97 }).Select((_, i) => i).Count();
    }

    [Fact]
    public void ContactSheet_is_a_png_with_every_picture()
    {
        var png = ContactSheet.Png([Pixels.Plain(30, 30, 255, 0, 0), Pixels.Plain(60, 20, 0, 255, 0), Pixels.Plain(20, 60, 0, 0, 255)], columns: 2, tileWidth: 40, tileHeight: 30);

        using var sheet = SKBitmap.Decode(png);
        Assert.Equal(((2 * 44) + 4, (2 * 34) + 4), (sheet.Width, sheet.Height));
        Assert.True(sheet.GetPixel(24, 19).Red > 240);
        Assert.True(sheet.GetPixel(68, 19).Green > 240);
        Assert.True(sheet.GetPixel(24, 53).Blue > 240);
    }

    [SkippableTheory]
    [InlineData(64, 48)]
    [InlineData(65, 47)]
    public async Task VideoWriter_what_is_written_can_be_read(int width, int height)
    {
        Clips.RequireFfmpeg();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var path = _clips.PathOf("out.mp4");
        await using (var writer = await VideoWriter.StartAsync(path, width, height, 10, limit.Token))
        {
            for (var i = 0; i < 12; i++)
            {
                await writer.WriteAsync(Frame.Blank("north", i, width: width, height: height), limit.Token);
            }

            await writer.FinishAsync(limit.Token);
        }

        var frames = 0;
        await using var camera = new Camera(new CameraOptions { Name = "out", Uri = path });
        await foreach (var item in camera.ReadAsync(0, limit.Token))
        {
            frames++;
        }

        Assert.Equal(12, frames);
    }

    [SkippableFact]
    public async Task VideoWriter_draws_marks_on_a_copy()
    {
        Clips.RequireFfmpeg();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var path = _clips.PathOf("out.mp4");
        var frame = Frame.Blank("north", width: 64, height: 64);
        await using (var writer = await VideoWriter.StartAsync(path, 64, 64, 10, limit.Token))
        {
            await writer.WriteAsync(frame, [new Mark(new Box(0, 0, 64, 64), "NORTH 7", 1)], limit.Token);
            await writer.FinishAsync(limit.Token);
        }

        await using var camera = new Camera(new CameraOptions { Name = "out", Uri = path });
        var brightest = 0;
        await foreach (var item in camera.ReadAsync(0, limit.Token))
        {
            brightest = Math.Max(brightest, item.Value!.Pixels[..4].ToArray().Take(3).Max());
        }

        Assert.True(brightest > 100);
        Assert.True(frame.Pixels[0] < 10);
    }

    [SkippableFact]
    public async Task VideoWriter_folder_missing_is_told()
    {
        Clips.RequireFfmpeg();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));

        var error = await Assert.ThrowsAsync<IOException>(async () =>
        {
            await using var writer = await VideoWriter.StartAsync(_clips.PathOf("no/such/folder.mp4"), 16, 16, 10, limit.Token);
            await writer.WriteAsync(Frame.Blank("north"), limit.Token);
            await writer.FinishAsync(limit.Token);
        });

        Assert.Contains("No such file", error.Message, StringComparison.Ordinal);
    }
}
