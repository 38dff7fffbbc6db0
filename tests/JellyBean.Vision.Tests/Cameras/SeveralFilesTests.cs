using JellyBean.Vision.Cameras;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Vision.Tests.Cameras;

/// <summary>Cameras that are several files: a pattern of clips, a folder of pictures.</summary>
public sealed class SeveralFilesTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);
    private readonly Clips _clips = new();

    public void Dispose() => _clips.Dispose();

    [SkippableFact]
    public async Task Read_pattern_gives_clips_one_after_the_other_as_if_they_were_one_and_again_from_the_middle()
    {
        _clips.Draw("b-second.avi", "64x48");
        _clips.Draw("a-first.avi", "96x64");
        _clips.Write("a-first.txt", [1]);
        var options = new CameraOptions { Name = "gate", Uri = _clips.PathOf("?-*.avi") };

        var items = await ReadAll(options);
        var again = await ReadAll(options, from: 25);

        Assert.Equal(Enumerable.Range(0, 40).Select(n => (long)n), items.Select(i => i.Value!.Number));
        Assert.Equal([(96, 64), (64, 48)], items.Select(i => (i.Value!.Width, i.Value.Height)).Distinct());
        Assert.Equal(Enumerable.Range(0, 40).Select(n => DateTimeOffset.UnixEpoch.AddMilliseconds(100 * n)), items.Select(i => i.EventTime));
        Assert.Equal(items.Skip(25).Select(i => (i.Value!.Number, i.EventTime, i.Value.Pixels.ToArray().Length)), again.Select(i => (i.Value!.Number, i.EventTime, i.Value.Pixels.ToArray().Length)));
    }

    [SkippableFact]
    public async Task Read_pattern_keeps_a_file_that_cannot_be_read_as_one_bad_item_at_its_place()
    {
        _clips.Draw("a.avi");
        _clips.Write("b.avi", []);
        _clips.Write("c.avi", [1, 2, 3]);
        _clips.Draw("d.avi");

        var items = await ReadAll(new CameraOptions { Name = "gate", Uri = _clips.PathOf("*.avi") });

        Assert.Equal(42, items.Count);
        Assert.Equal([20, 21], items.Index().Where(i => i.Item.Fault is not null).Select(i => i.Index));
        Assert.Contains("b.avi' is empty", items[20].Fault, StringComparison.Ordinal);
        Assert.Contains("c.avi' cannot be read as video", items[21].Fault, StringComparison.Ordinal);
        Assert.Equal((22L, DateTimeOffset.UnixEpoch.AddSeconds(2)), (items[22].Value!.Number, items[22].EventTime));
    }

    [SkippableTheory]
    [InlineData(7, null, 6, 3.5)] // 0, 7, 14, 21, 28, 35 of 41
    [InlineData(1, 4.0, 17, 4.0)]
    public async Task Read_pattern_leaves_frames_out_as_if_the_files_were_one(int every, double? maxFps, int expected, double last)
    {
        _clips.Draw("a.avi");
        _clips.Draw("b.avi");
        _clips.Draw("c.avi", seconds: "0.1");

        var items = await ReadAll(new CameraOptions { Name = "gate", Uri = _clips.PathOf("*.avi"), Every = every, MaxFps = maxFps });

        Assert.Equal((expected, last), (items.Count, (items[^1].EventTime - DateTimeOffset.UnixEpoch).TotalSeconds));
    }

    [SkippableFact]
    public async Task Read_pattern_that_nothing_fits_is_told()
    {
        Clips.RequireFfmpeg();
        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAll(new CameraOptions { Name = "gate", Uri = _clips.PathOf("*.mp4") }));

        Assert.Contains("no file fits", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Read_folder_of_pictures_of_any_size_keeps_a_broken_one_at_its_place()
    {
        var folder = Folder("1.png:64x48", "2.jpg:96x64", "4.bmp:32x32");
        _clips.Write(Path.Combine("shots", "3.png"), [1, 2, 3]);
        _clips.Write(Path.Combine("shots", "notes.txt"), [1, 2, 3]);

        var items = await ReadAll(new CameraOptions { Name = "gate", Uri = folder, MaxFps = 2 });

        Assert.Equal([(64, 48), (96, 64), null, (32, 32)], items.Select(i => i.Value is { } frame ? (frame.Width, frame.Height) : ((int, int)?)null));
        Assert.Contains("3.png' could not be decoded", items[2].Fault, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, 4).Select(n => DateTimeOffset.UnixEpoch.AddSeconds(n / 2.0)), items.Select(i => i.EventTime));
        Assert.Equal(3, items[3].Value!.Number);
    }

    [SkippableFact]
    public async Task Read_folder_of_pictures_whose_names_look_like_patterns_or_formats_by_what_is_in_them()
    {
        var folder = Folder("1.png:64x48", "2.png:64x48");
        foreach (var name in new[] { "shot%d.png", "100%.png", "it's \"%03d\" {1,2}*?[a].jpg" })
        {
            File.Copy(folder + "1.png", folder + name);
        }

        var items = await ReadAll(new CameraOptions { Name = "gate", Uri = folder });

        Assert.Equal(5, items.Count);
        Assert.All(items, i => Assert.Null(i.Fault));
    }

    [SkippableFact]
    public async Task Read_folder_of_pictures_every_nth_cut_out_and_turned()
    {
        var folder = Folder("1.png:64x48", "2.png:64x48", "3.png:64x48");

        var items = await ReadAll(new CameraOptions { Name = "gate", Uri = folder, Every = 2, Rotate = 90, Region = new Region(0, 10, 40, 50) });

        Assert.Equal([0L, 1L], items.Select(i => i.Value!.Number));
        Assert.All(items, i => Assert.Equal((40, 50), (i.Value!.Width, i.Value.Height)));
    }

    [SkippableTheory]
    [InlineData("none/", "there is no folder")]
    [InlineData("", "no picture is in")]
    public async Task Read_folder_that_is_not_there_or_without_pictures_is_told(string name, string expected)
    {
        Clips.RequireFfmpeg();
        _clips.Write("notes.txt", [1]);

        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAll(new CameraOptions { Name = "gate", Uri = _clips.PathOf(name) is var path && path.EndsWith('/') ? path : path + "/" }));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(90)]
    [InlineData(180)]
    [InlineData(270)]
    public async Task Read_turned_picture_is_the_picture_turned_clockwise(int degrees)
    {
        var path = _clips.Draw("clip.avi", codec: ["-c:v", "ffv1", "-pix_fmt", "bgr0"]);

        var whole = (await ReadAll(new CameraOptions { Name = "whole", Uri = path }))[7].Value!;
        var turned = (await ReadAll(new CameraOptions { Name = "turned", Uri = path, Rotate = degrees }))[7].Value!;

        Assert.Equal(degrees == 180 ? (64, 48) : (48, 64), (turned.Width, turned.Height));

        // Both are coded anew, so they differ a little.
        Assert.InRange(Difference(degrees), 0, 12);
        Assert.All(new[] { 90, 180, 270 }.Where(d => d != degrees && (d == 180) == (degrees == 180)), other => Assert.True(Difference(other) > 2 * Difference(degrees)));

        double Difference(int by)
        {
            var (from, to) = (whole.Pixels.ToArray(), turned.Pixels.ToArray());
            return Enumerable.Range(0, turned.Width * turned.Height).Average(i =>
            {
                var (x, y) = (i % turned.Width, i / turned.Width);
                var (fromX, fromY) = by switch { 90 => (y, 47 - x), 180 => (63 - x, 47 - y), _ => (63 - y, x) };
                return Math.Abs(to[4 * i] - from[4 * ((fromY * 64) + fromX)]);
            });
        }
    }

    private string Folder(params string[] pictures)
    {
        Clips.RequireFfmpeg();
        Directory.CreateDirectory(_clips.PathOf("shots"));
        foreach (var picture in pictures.Select(p => p.Split(':')))
        {
            _clips.Run(Path.Combine("shots", picture[0]), "-f", "lavfi", "-i", $"testsrc=size={picture[1]}:rate=1:duration=1", "-frames:v", "1");
        }

        return _clips.PathOf("shots") + "/";
    }

    private static async Task<List<SourceItem<Frame>>> ReadAll(CameraOptions options, long from = 0)
    {
        using var limit = new CancellationTokenSource(Deadline);
        await using var camera = new Camera(options);
        List<SourceItem<Frame>> items = [];
        await foreach (var item in camera.ReadAsync(from, limit.Token))
        {
            items.Add(item);
        }

        return items;
    }
}
