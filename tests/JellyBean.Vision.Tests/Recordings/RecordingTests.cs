using JellyBean.CameraRig;
using JellyBean.Vision.Cameras;
using JellyBean.Vision.Recordings;
using JellyBean.Vision.Tests.Cameras;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Vision.Tests.Recordings;

/// <summary>A real camera on loopback, real decoders, real files.</summary>
public sealed class RecordingTests : IDisposable
{
    private const int Given = 24;
    private const int Settled = 9;
    private readonly string _folder = Directory.CreateTempSubdirectory("jellybean-recording-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task Camera_that_was_lost_gives_again_what_it_had_given_then_goes_on_and_what_is_damaged_is_bad_at_its_place()
    {
        Clips.RequireFfmpeg();
        await using var rig = RigCamera.Create("tcp", RigClip.Encode(_folder, fps: 10, "320x240", seconds: 30));
        rig.Start();
        var first = await ReadAsync(rig, from: 0, count: Given);

        // It was not asked whether it can, so it begins anew; what was recorded is of no use to anybody.
        var given = first.Count;
        await using (var camera = NewCamera(rig))
        {
            Assert.False(camera.CanReadAgain(given + 1));
            Assert.True(camera.CanReadAgain(Settled));
            await using var reading = new Reading(camera, Settled);
            var again = await reading.TakeAsync(given - Settled + 5);

            Assert.Equal(Enumerable.Range(Settled, again.Count).Select(n => (long)n), again.Select(i => i.Value!.Number));
            Assert.Equal(first.Skip(Settled).Select(Same), again.Take(given - Settled).Select(Same));
            Assert.All(again, i => Assert.Equal(i.Value!.Number < given, i.IsAgain));
            Assert.All(again.Zip(again.Skip(1)), pair => Assert.True(pair.Second.EventTime > pair.First.EventTime));
            Assert.Contains("records", camera.Health!.Recording, StringComparison.Ordinal);
        }

        // Lost again, and with it the end of a segment, of two connections: each that is not there is bad where it was.
        var last = new DirectoryInfo(_folder).GetFiles("*.nut", SearchOption.AllDirectories).OrderBy(f => f.LastWriteTimeUtc).First(f => f.Length > 0);
        var written = last.LastWriteTimeUtc;
        await File.WriteAllBytesAsync(last.FullName, []);
        last.LastWriteTimeUtc = written;
        await using (var camera = NewCamera(rig))
        {
            Assert.True(camera.CanReadAgain(0));
            await using var reading = new Reading(camera);
            var again = await reading.TakeAsync(given);

            Assert.Contains(again, i => i.Fault is not null && i.Fault.Contains("not in what is left of the recording", StringComparison.Ordinal));
            Assert.Contains(again, i => i.Fault is null);
            Assert.Equal(first.Select(i => i.EventTime), again.Select(i => i.EventTime));
            Assert.All(again.Where(i => i.Fault is null), i => Assert.Equal(Same(first[(int)i.Value!.Number]), Same(i)));
        }
    }

    [SkippableFact]
    public async Task Recording_that_cannot_be_written_is_told_and_the_camera_flows()
    {
        Clips.RequireFfmpeg();
        await using var rig = RigCamera.Create("tcp", RigClip.Encode(_folder, fps: 10, "320x240", seconds: 30));
        rig.Start();
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "not a folder");
        await using var camera = NewCamera(rig, file);
        await using var reading = new Reading(camera);

        await reading.TakeAsync(3);

        Assert.StartsWith("does not record:", camera.Health!.Recording, StringComparison.Ordinal);
        Assert.False(camera.CanReadAgain(1));
    }

    [Fact]
    public void From_tells_what_is_there_without_a_gap_and_nothing_else()
    {
        using (var recording = NewRecording())
        {
            recording.Begin(isAnew: true);
            Note(recording, 0, 600);
            recording.Begin(isAnew: false);
            Note(recording, 600, 10);
        }

        var session = RecordedSession.Of(Path.Combine(_folder, "gate"));
        File.WriteAllBytes(Path.Combine(session[0].Folder, "0.nut"), []);
        File.WriteAllBytes(Path.Combine(session[1].Folder, "0.nut"), []);
        using var after = NewRecording();

        Assert.Equal(610 - 7, after.From(7)!.Value.Sum(s => s.Frames.Length));
        Assert.Equal([7L, 600L], after.From(7)!.Value.Select(s => s.Frames[0].Number));
        Assert.Empty(after.From(610)!.Value);
        Assert.Null(after.From(611));

        // One record is cut off, as by a crash: it was not given, or will be the next.
        var ledger = session[1].LedgerAt(0);
        File.WriteAllBytes(ledger, File.ReadAllBytes(ledger)[..^1]);
        Assert.Equal(609 - 7, after.From(7)!.Value.Sum(s => s.Frames.Length));

        // A part of what was given is not there.
        File.Delete(session[0].LedgerAt(1));
        Assert.Null(after.From(7));
        Assert.NotNull(after.From(600));

        // Of another start of the machine, whose power may have been cut.
        Directory.Move(session[1].Folder, session[1].Folder + "x");
        Assert.Null(after.From(600));
    }

    [Fact]
    public void Note_deletes_what_is_too_old_and_too_much_but_not_what_is_being_written()
    {
        using var recording = new Recording(new RecordingOptions { Folder = _folder, Length = TimeSpan.FromSeconds(60), MostBytes = 250_000 }, "gate", TimeProvider.System);
        var folder = Path.GetDirectoryName(recording.Begin(isAnew: true))!;
        var start = TimeProvider.System.GetUtcNow().AddSeconds(-85);
        for (var i = 0; i < 10; i++)
        {
            var segment = Path.Combine(folder, $"{i}.nut");
            File.WriteAllBytes(segment, new byte[60_000]);
            File.SetLastWriteTimeUtc(segment, start.UtcDateTime.AddSeconds(10 * i));
        }

        // Of a time, 60 s reach back to the fourth; of bytes, there is room for four.
        Note(recording, 0, 1, start.AddSeconds(90));
        var kept = Directory.GetFiles(folder, "*.nut").Select(Path.GetFileName).Order().ToList();
        Note(recording, 1, 1, start.AddSeconds(1000));

        Assert.Equal(["6.nut", "7.nut", "8.nut", "9.nut"], kept);
        Assert.Empty(Directory.GetFiles(folder, "*.nut"));
    }

    [Fact]
    public void Begin_where_another_records_is_told()
    {
        using var first = NewRecording();
        using var second = NewRecording();

        Assert.NotNull(first.Begin(isAnew: true));
        Assert.Null(second.Begin(isAnew: true));
        Assert.StartsWith("does not record:", second.State, StringComparison.Ordinal);
    }

    private static void Note(Recording recording, long first, int count, DateTimeOffset? at = null)
    {
        for (var n = first; n < first + count; n++)
        {
            var arrived = at ?? TimeProvider.System.GetUtcNow();
            recording.Note(new RecordedFrame(n, TimeSpan.FromSeconds(n), arrived, arrived));
        }
    }

    private Recording NewRecording() => new(new RecordingOptions { Folder = _folder }, "gate", TimeProvider.System);

    private async Task<IReadOnlyList<SourceItem<Frame>>> ReadAsync(RigCamera rig, long from, int count)
    {
        await using var camera = NewCamera(rig);
        var reading = new Reading(camera, from);
        await reading.TakeAsync(count);
        await reading.DisposeAsync();
        return reading.Items;
    }

    private Camera NewCamera(RigCamera rig, string? folder = null) => new(
        new CameraOptions { Name = "gate", Uri = rig.Uri, Recording = new RecordingOptions { Folder = folder ?? _folder } },
        TimeProvider.System,
        new SupervisionOptions { StallAfter = TimeSpan.FromMinutes(1), FirstFrame = TimeSpan.FromMinutes(1) });

    private static (long Number, DateTimeOffset At, string Jpeg) Same(SourceItem<Frame> item) =>
        (item.Value!.Number, item.EventTime, Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(item.Value.Pixels)));
}
