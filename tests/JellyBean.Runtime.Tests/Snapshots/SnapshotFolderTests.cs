using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Snapshots;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Tests.Snapshots;

public sealed class SnapshotFolderTests : IDisposable
{
    private static readonly WorkerId A = new("edge/1");
    private static readonly WorkerId B = new("hub");
    private readonly string _path = Directory.CreateTempSubdirectory("jellybean-snapshots-").FullName;
    private readonly SnapshotFolder _folder;

    public SnapshotFolderTests() => _folder = new SnapshotFolder(_path);

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Fact]
    public async Task Folder_gives_the_parts_of_the_last_complete_snapshot_and_keeps_two()
    {
        for (var snapshot = 1; snapshot <= 4; snapshot++)
        {
            await StoreAsync(snapshot, epoch: 7);
        }

        await _folder.WriteAsync(Part(5, A), CancellationToken.None);

        var last = Assert.IsType<SnapshotManifest>(_folder.Last);
        Assert.Equal((4, 7, "w", "f"), (last.Snapshot, last.Epoch, last.Workflow, last.Fingerprint));
        Assert.Equal("in/north", Assert.Single(last.Sources).Value);
        Assert.Equal(["edge/1 4", "hub 4"], (await _folder.ReadAsync(last.Parts, CancellationToken.None)).Select(p => System.Text.Encoding.UTF8.GetString(p.Bytes.Span)));
        Assert.Equal(["0000000003", "0000000004", "0000000005"], Directory.GetDirectories(_path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Folder_with_parts_but_no_manifest_has_no_snapshot()
    {
        await _folder.WriteAsync(Part(1, A), CancellationToken.None);

        Assert.Null(_folder.Last);
    }

    [Fact]
    public async Task Part_with_any_byte_changed_is_refused()
    {
        await StoreAsync(1, epoch: 1);
        var file = Directory.GetFiles(Path.Combine(_path, "0000000001"), "hub.part").Single();
        var bytes = await File.ReadAllBytesAsync(file);
        for (var at = 0; at < bytes.Length; at++)
        {
            byte[] damaged = [.. bytes];
            damaged[at] ^= 1;
            await File.WriteAllBytesAsync(file, damaged);

            var error = await Assert.ThrowsAsync<SnapshotException>(() => _folder.ReadAsync(_folder.Read(1).Parts, CancellationToken.None));
            Assert.Contains("hub.part", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Part_of_another_epoch_with_the_same_number_is_refused()
    {
        await StoreAsync(1, epoch: 1);
        await _folder.WriteAsync(Part(1, B) with { Epoch = 2 }, CancellationToken.None);

        var error = await Assert.ThrowsAsync<SnapshotException>(() => _folder.ReadAsync(_folder.Read(1).Parts, CancellationToken.None));

        Assert.Contains("is not the part", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_that_is_cleared_has_nothing_left()
    {
        await StoreAsync(1, epoch: 1);

        _folder.Clear();

        Assert.Null(_folder.Last);
        Assert.Empty(Directory.GetFileSystemEntries(_path));
    }

    private static SnapshotPart Part(long snapshot, WorkerId worker) =>
        new(snapshot, 1, worker, [new StatePiece("process p", 3, System.Text.Encoding.UTF8.GetBytes($"{worker} {snapshot}"))]);

    private async Task StoreAsync(long snapshot, long epoch)
    {
        var parts = new[] { (await _folder.WriteAsync(Part(snapshot, A), CancellationToken.None)).Receipt, (await _folder.WriteAsync(Part(snapshot, B), CancellationToken.None)).Receipt };
        await _folder.CompleteAsync(
            new SnapshotManifest
            {
                Snapshot = snapshot,
                Epoch = epoch,
                Workflow = "w",
                Fingerprint = "f",
                TakenAt = DateTimeOffset.UnixEpoch,
                Sources = [SourceId.Of("in", "north")],
                Parts = [.. parts],
            },
            CancellationToken.None);
    }
}
