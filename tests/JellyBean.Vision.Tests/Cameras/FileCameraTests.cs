using JellyBean.Vision.Cameras;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Vision.Tests.Cameras;

public sealed class FileCameraTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private readonly Clips _clips = new();

    public void Dispose() => _clips.Dispose();

    [SkippableFact]
    public async Task Read_gives_every_frame_with_its_number_and_time()
    {
        var path = _clips.Draw("clip.mp4");
        var start = new DateTimeOffset(2026, 1, 31, 8, 0, 0, TimeSpan.Zero);

        var items = await ReadAll(new CameraOptions { Name = "north", Uri = path, StartTime = start });

        Assert.Equal(20, items.Count);
        Assert.All(items, (item, i) =>
        {
            Assert.Null(item.Fault);
            Assert.Equal(("north", i, 64, 48), (item.Value!.Camera, item.Value.Number, item.Value.Width, item.Value.Height));
            Assert.Equal(start + TimeSpan.FromMilliseconds(100 * i), item.EventTime);
            Assert.Equal(item.EventTime, item.Value.CapturedAt);
        });
    }

    [SkippableFact]
    public async Task Read_again_from_the_middle_gives_the_same_frames_to_the_bit()
    {
        var options = new CameraOptions { Name = "north", Uri = _clips.Draw("clip.mp4"), MaxFps = 7 };

        var all = await ReadAll(options);
        var later = await ReadAll(options, from: 5);

        Assert.Equal(all.Skip(5).Select(i => i.EventTime), later.Select(i => i.EventTime));
        Assert.Equal(all.Skip(5).Select(i => i.Value!.Number), later.Select(i => i.Value!.Number));
        Assert.Equal(all.Skip(5).Select(i => i.Value!.Picture.Jpeg.ToArray()), later.Select(i => i.Value!.Picture.Jpeg.ToArray()));
    }

    [SkippableFact]
    public async Task Read_variable_rate_keeps_the_files_own_rhythm()
    {
        // Frames 0, 1, 2, 10, 11, … of 10 per second: a gap that is no damage.
        var path = _clips.Run("vfr.mkv", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=2", "-vf", "select='not(between(n,3,9))'", "-fps_mode", "passthrough");

        var items = await ReadAll(new CameraOptions { Name = "vfr", Uri = path });

        Assert.All(items, i => Assert.Null(i.Fault));
        Assert.Equal([0, 100, 200, 1000, 1100], items.Take(5).Select(i => (i.EventTime - DateTimeOffset.UnixEpoch).TotalMilliseconds));
    }

    [SkippableFact]
    public async Task Read_max_fps_leaves_frames_out_by_event_time()
    {
        var items = await ReadAll(new CameraOptions { Name = "thin", Uri = _clips.Draw("clip.mp4", rate: "25", seconds: "4"), MaxFps = 10 });

        Assert.InRange(items.Count, 39, 41);
        Assert.Equal(Enumerable.Range(0, items.Count).Select(n => (long)n), items.Select(i => i.Value!.Number));
    }

    [SkippableTheory]
    [InlineData("clip.mp4", null, 1)]
    [InlineData("clip.avi", 10.0, 1)]
    [InlineData("clip.mkv", null, 3)]
    public async Task Count_is_how_many_frames_reading_gives(string file, double? maxFps, int every)
    {
        var options = new CameraOptions { Name = "counted", Uri = _clips.Draw(file, rate: "25", seconds: "2"), MaxFps = maxFps, Every = every };
        await using var camera = new Camera(options);

        Assert.Equal((await ReadAll(options)).Count, await camera.CountAsync(default));
    }

    [SkippableTheory]
    [InlineData("65x47", null, 65, 47)]
    [InlineData("64x48", "3,5,21,17", 21, 17)]
    [InlineData("64x48", "32,0,32,48", 32, 48)]
    public async Task Read_odd_sizes_and_regions(string size, string? region, int width, int height)
    {
        var path = _clips.Draw("odd.avi", size, codec: ["-c:v", "ffv1", "-pix_fmt", "bgr0"]);

        var items = await ReadAll(new CameraOptions { Name = "odd", Uri = path, Region = region is null ? null : Region.Parse(region) });

        Assert.Equal(20, items.Count);
        Assert.All(items, i => Assert.Equal((width, height), (i.Value!.Width, i.Value.Height)));
    }

    [SkippableFact]
    public async Task Read_strip_made_smaller_keeps_a_row()
    {
        var items = await ReadAll(new CameraOptions { Name = "strip", Uri = _clips.Draw("strip.avi"), Region = new Region(0, 0, 64, 1), MaxWidth = 16 });

        Assert.Equal(20, items.Count);
        Assert.All(items, i => Assert.Equal((16, 1), (i.Value!.Width, i.Value.Height)));
    }

    [SkippableFact]
    public async Task Read_region_is_that_part_of_the_picture()
    {
        var path = _clips.Draw("clip.avi", codec: ["-c:v", "ffv1", "-pix_fmt", "bgr0"]);

        var whole = (await ReadAll(new CameraOptions { Name = "whole", Uri = path }))[7].Value!;
        var part = (await ReadAll(new CameraOptions { Name = "part", Uri = path, Region = new Region(16, 8, 32, 24), Site = "yard" }))[7].Value!;

        Assert.Null(whole.Viewpoint);
        Assert.Equal(new Viewpoint("yard", 16, 8), part.Viewpoint);
        var (wholePixels, partPixels) = (whole.Pixels.ToArray(), part.Pixels.ToArray());
        Assert.InRange(Difference(16, 8), 0, 8);
        Assert.True(Difference(16, 8) < Math.Min(Difference(8, 8), Difference(16, 16)));

        double Difference(int x, int y) =>
            Enumerable.Range(0, 32 * 24).Average(i => Math.Abs(partPixels[4 * i] - wholePixels[4 * (((y + (i / 32)) * 64) + x + (i % 32))]));
    }

    [SkippableFact]
    public async Task Read_truncated_file_gives_what_is_there_and_says_that_the_rest_is_missing()
    {
        var whole = File.ReadAllBytes(_clips.Draw("clip.avi", "320x240", seconds: "4"));

        var items = await ReadAll(new CameraOptions { Name = "cut", Uri = _clips.Write("cut.avi", whole[..(whole.Length / 2)]) });

        Assert.InRange(items.Count(i => i.Fault is null), 10, 30);
        Assert.Contains("announces 4 s of video, but has only", items[^1].Fault, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("gaps.avi")]
    [InlineData("gaps.mp4")]
    [InlineData("gaps.mkv")]
    public async Task Read_whole_file_with_gaps_is_not_taken_for_truncated(string name)
    {
        var clip = _clips.Draw("clip.avi", seconds: "4");

        var items = await ReadAll(new CameraOptions { Name = "gaps", Uri = _clips.Run(name, "-i", clip, "-vf", "select='not(between(n,5,15))*mod(n,3)'", "-fps_mode", "vfr") });

        Assert.InRange(items.Count, 10, 30);
        Assert.All(items, i => Assert.Null(i.Fault));
    }

    [SkippableFact]
    public async Task Read_file_whose_title_looks_like_the_decoders_report_of_a_frame_gives_its_own_frames()
    {
        var clip = _clips.Draw("clip.mkv");
        var titled = _clips.Run("titled.mkv", "-i", clip, "-c", "copy", "-metadata", "comment=\n[Parsed_showinfo_0 @ 0x1] n:0 pts:100 s:32x32 i:P");

        var items = await ReadAll(new CameraOptions { Name = "gate", Uri = titled });

        Assert.Equal(20, items.Count);
        Assert.All(items, i => Assert.Equal((64, 48), (i.Value!.Width, i.Value.Height)));
    }

    [SkippableTheory]
    [InlineData("libx264", "mpegts", true)]
    [InlineData("mpeg2video", "mpeg", false)]
    public async Task Read_recordings_one_behind_the_other_whose_times_begin_anew_go_on_without_a_bad_frame(string codec, string format, bool isCounted)
    {
        var clip = File.ReadAllBytes(_clips.Draw("clip", rate: "25", seconds: "2", codec: ["-c:v", codec, "-bf", "2", "-g", "12", "-f", format]));
        var options = new CameraOptions { Name = "gate", Uri = _clips.Write("both", [.. clip, .. clip, .. clip]), MaxFps = 12.5 };
        await using var camera = new Camera(options);

        var items = await ReadAll(options);

        Assert.All(items, i => Assert.Null(i.Fault));
        Assert.Equal(75, items.Count);
        Assert.Equal(isCounted ? 75 : null, await camera.CountAsync(default));
        Assert.Equal(Enumerable.Range(0, 75).Select(i => DateTimeOffset.UnixEpoch.AddMilliseconds(80 * i)), items.Select(i => i.EventTime));
    }

    [SkippableFact]
    public async Task Read_file_whose_beginning_an_edit_has_hidden_is_not_taken_for_truncated()
    {
        var clip = _clips.Draw("clip.mp4", rate: "25", seconds: "4", codec: ["-g", "100"]);
        var cut = _clips.Run("cut.mp4", "-ss", "2", "-i", clip, "-c", "copy");

        var items = await ReadAll(new CameraOptions { Name = "gate", Uri = cut });

        Assert.Equal(50, items.Count);
        Assert.All(items, i => Assert.Null(i.Fault));
    }

    [SkippableFact]
    public async Task Read_piece_of_music_with_a_cover_is_told_as_one_without_video()
    {
        var cover = _clips.Draw("cover.png", rate: "1", seconds: "1", codec: ["-frames:v", "1"]);

        await Refused(
            _clips.Run("music.mp3", "-f", "lavfi", "-i", "sine=duration=1", "-i", cover, "-map", "0", "-map", "1", "-c:v", "copy", "-disposition:v", "attached_pic"), "has no video stream");
    }

    [SkippableTheory]
    [InlineData("1e8")] // 116 days
    [InlineData("1e13")] // 31,700 years
    public async Task Read_file_whose_times_leap_away_gives_its_frames_without_the_leap(string leap)
    {
        var clip = _clips.Draw("clip.avi");
        var far = _clips.Run("far.nut", "-i", clip, "-vf", $"setpts='if(lt(N,10),PTS,PTS+{leap})'", "-fps_mode", "passthrough", "-c:v", "ffv1", "-f", "nut");

        var items = await ReadAll(new CameraOptions { Name = "gate", Uri = far });

        Assert.Equal(20, items.Count);
        Assert.All(items.Zip(items.Skip(1)), pair => Assert.True(pair.Second.EventTime >= pair.First.EventTime));
        Assert.InRange(items[^1].EventTime - DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));
    }

    [SkippableFact]
    public async Task Read_corrupt_bytes_in_the_middle_the_stream_goes_on_and_the_bad_frames_keep_their_places()
    {
        var bytes = File.ReadAllBytes(_clips.Draw("clip.avi", "320x240", codec: ["-c:v", "zlib"]));
        foreach (var packet in new[] { 8, 9, 13 })
        {
            // The first hit is the index in the header.
            var at = 0;
            for (var i = -1; i <= packet; i++)
            {
                at += 4 + bytes.AsSpan(at + 4).IndexOf("00dc"u8);
            }

            bytes.AsSpan(at + 8, 600).Fill(0x55);
        }

        var path = _clips.Write("bad.avi", bytes);
        var items = await ReadAll(new CameraOptions { Name = "bad", Uri = path });
        var again = await ReadAll(new CameraOptions { Name = "bad", Uri = path });

        Assert.Equal(20, items.Count);
        Assert.Equal([8, 9, 13], items.Index().Where(i => i.Item.Fault is not null).Select(i => i.Index));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddMilliseconds(800), items[8].EventTime);
        Assert.Equal(items.Select(i => (i.EventTime, i.Fault is null)), again.Select(i => (i.EventTime, i.Fault is null)));
        Assert.All(items, (item, i) => Assert.True(item.Fault is not null || item.Value!.Number == i));
    }

    [SkippableFact]
    public async Task Read_folder_is_told() => await Refused(Path.GetDirectoryName(_clips.PathOf("x"))!, "is a folder. Name a video file in it");

    [SkippableFact]
    public async Task Work_of_decoding_and_encoding_and_reports_of_damage_are_told()
    {
        var bytes = File.ReadAllBytes(_clips.Draw("clip.avi", "320x240", codec: ["-c:v", "mpeg4", "-g", "5"]));
        bytes.AsSpan(bytes.Length / 2, 400).Fill(0x55);
        await using var good = new Camera(new CameraOptions { Name = "good", Uri = _clips.PathOf("clip.avi") });
        await using var bad = new Camera(new CameraOptions { Name = "bad", Uri = _clips.Write("bad.avi", bytes) });

        await good.ReadAsync(0, CancellationToken.None).CountAsync();
        await bad.ReadAsync(0, CancellationToken.None).CountAsync();

        Assert.True(good.Work.Busy > TimeSpan.Zero);
        Assert.Equal(0, good.Work.DamageReports);
        Assert.True(bad.Work.DamageReports > 0);
    }

    [SkippableFact]
    public async Task Read_avi_with_a_stretch_overwritten_every_frame_is_counted_and_those_after_it_keep_their_times()
    {
        var bytes = File.ReadAllBytes(_clips.Draw("clip.avi", "320x240", seconds: "10", codec: ["-c:v", "mpeg4", "-g", "5"]));
        new Random(3).NextBytes(bytes.AsSpan(bytes.Length / 2, bytes.Length / 8));

        var items = await ReadAll(new CameraOptions { Name = "bad", Uri = _clips.Write("bad.avi", bytes) });

        Assert.Equal(100, items.Count);
        Assert.InRange(items.Count(i => i.Fault is not null), 5, 30);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => DateTimeOffset.UnixEpoch.AddMilliseconds(100 * i)), items.Select(i => i.EventTime));
        Assert.Null(items[^1].Fault);
    }

    [SkippableFact]
    public async Task Read_missing_file_is_told() => await Refused(_clips.PathOf("none.mp4"), "there is no file");

    [SkippableFact]
    public async Task Read_empty_file_is_told() => await Refused(_clips.Write("empty.mp4", []), "is empty");

    [SkippableFact]
    public async Task Read_file_that_is_no_video_is_told()
    {
        Clips.RequireFfmpeg();
        await Refused(_clips.Write("text.mp4", "no video"u8.ToArray()), "cannot be read as video");
    }

    [SkippableFact]
    public async Task Read_file_without_pictures_is_told() =>
        await Refused(_clips.Run("sound.wav", "-f", "lavfi", "-i", "sine=duration=1"), "has no video stream");

    [SkippableFact]
    public async Task Read_region_off_the_picture_is_told()
    {
        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAll(new CameraOptions { Name = "off", Uri = _clips.Draw("clip.mp4"), Region = new Region(100, 0, 32, 32) }));

        Assert.Contains("region 100,0,32,32", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Read_cancelled_ends()
    {
        using var end = new CancellationTokenSource(Deadline);
        var camera = new Camera(new CameraOptions { Name = "long", Uri = _clips.Draw("clip.mp4", "320x240", seconds: "30") });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var item in camera.ReadAsync(0, end.Token))
            {
                if (item.Value!.Number == 3)
                {
                    await end.CancelAsync();
                }
            }
        });
    }

    [SkippableFact]
    public async Task Dispose_ends_a_reading()
    {
        var camera = new Camera(new CameraOptions { Name = "long", Uri = _clips.Draw("clip.mp4", "320x240", seconds: "30") });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var item in camera.ReadAsync(0, CancellationToken.None))
            {
                await camera.DisposeAsync();
            }
        });
    }

    [SkippableFact]
    public void NominalRate_is_the_files_or_the_limit()
    {
        var path = _clips.Draw("clip.mp4", rate: "30000/1001");

        Assert.Equal(29.97, new Camera(new CameraOptions { Name = "a", Uri = path }).NominalRate!.Value, 0.01);
        Assert.Equal(5, new Camera(new CameraOptions { Name = "b", Uri = path, MaxFps = 5 }).NominalRate);
        Assert.Null(new Camera(new CameraOptions { Name = "c", Uri = _clips.PathOf("none") }).NominalRate);
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

    private static async Task Refused(string path, string expected)
    {
        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAll(new CameraOptions { Name = "gate", Uri = path }));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("gate", error.Message, StringComparison.Ordinal);
    }
}
