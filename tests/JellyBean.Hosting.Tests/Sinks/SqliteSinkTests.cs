using System.Collections.Immutable;
using JellyBean.Hosting.Sinks;
using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;
using Microsoft.Data.Sqlite;

namespace JellyBean.Hosting.Tests.Sinks;

public sealed class SqliteSinkTests : IDisposable
{
    private static readonly SourceId North = SourceId.Of("cameras", "north");
    private static readonly SourceId South = SourceId.Of("cameras", "south");
    private readonly Database _database = new();

    public enum Colour
    {
        Red,
        Blue,
    }

    [Fact]
    public async Task SqliteSink_property_becomes_column_of_its_kind()
    {
        await using (var sink = new SqliteSink<AllKinds>(_database.Path))
        {
            await sink.OpenAsync(1, CancellationToken.None);
            var value = new AllKinds(7, 0.5f, "gate", true, new DateTimeOffset(2026, 1, 31, 9, 0, 0, TimeSpan.FromHours(1)), Colour.Blue, null, new Place(1, 2), [3, 4]);
            await sink.WriteAsync(new SinkBatch<AllKinds>(1, [new Result<AllKinds>("a", DateTimeOffset.UnixEpoch, value)], []), CancellationToken.None);
        }

        Assert.Equal(
            ["result_id|TEXT", "event_time|TEXT", "number|INTEGER", "share|REAL", "name|TEXT", "is_open|INTEGER", "seen_at|TEXT", "colour|TEXT", "maybe|INTEGER", "where|TEXT", "many|TEXT"],
            _database.Rows("SELECT name, type FROM pragma_table_info('all_kinds')"));
        Assert.Equal(
            ["""a|1970-01-01T00:00:00.0000000Z|7|0.5|gate|1|2026-01-31T08:00:00.0000000Z|Blue|null|{"x":1,"y":2}|[3,4]"""],
            _database.Rows("SELECT * FROM all_kinds"));
    }

    [Fact]
    public async Task SqliteSink_result_with_same_id_replaces_the_earlier_one()
    {
        await using (var sink = await OpenAsync(epoch: 1))
        {
            await sink.WriteAsync(Batch(1, [("a", 1), ("b", 2)]), CancellationToken.None);
            await sink.WriteAsync(Batch(1, [("b", 3)]), CancellationToken.None);
        }

        Assert.Equal(["a|1", "b|3"], _database.Rows("SELECT result_id, value FROM tally ORDER BY result_id"));
    }

    [Fact]
    public async Task SqliteSink_opened_again_knows_positions_and_results()
    {
        await using (var first = await OpenAsync(epoch: 1))
        {
            await first.WriteAsync(Batch(1, [("a", 1)], new SourcePosition(North, 4), new SourcePosition(South, 7)), CancellationToken.None);
            await first.WriteAsync(Batch(1, [], new SourcePosition(North, 9)), CancellationToken.None);
        }

        await using var second = new SqliteSink<Tally>(_database.Path);
        var positions = await second.OpenAsync(2, CancellationToken.None);

        Assert.Equal([new SourcePosition(North, 9), new SourcePosition(South, 7)], positions);
        Assert.Equal(["a|1"], _database.Rows("SELECT result_id, value FROM tally"));
    }

    [Fact]
    public async Task SqliteSink_new_file_has_no_positions()
    {
        await using var sink = new SqliteSink<Tally>(_database.PathOf("new/folder/results.db"));

        Assert.Empty(await sink.OpenAsync(1, CancellationToken.None));
    }

    [Fact]
    public async Task SqliteSink_failing_batch_leaves_nothing()
    {
        await using (var sink = await OpenAsync(epoch: 1))
        {
            await sink.WriteAsync(Batch(1, [("a", 1)], new SourcePosition(North, 0)), CancellationToken.None);
            _database.Execute("CREATE TRIGGER refuse BEFORE INSERT ON tally WHEN new.value = 13 BEGIN SELECT RAISE(ABORT, 'no luck'); END");

            var error = await Assert.ThrowsAsync<SinkException>(() =>
                sink.WriteAsync(Batch(1, [("a", 9), ("b", 2), ("c", 13), ("d", 4)], new SourcePosition(North, 3)), CancellationToken.None));

            Assert.Contains("no luck", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(["a|1"], _database.Rows("SELECT result_id, value FROM tally"));
        Assert.Equal(["0"], _database.Rows("SELECT number FROM jellybean_positions"));
    }

    [Fact]
    public async Task SqliteSink_failing_positions_take_the_results_back()
    {
        await using (var sink = await OpenAsync(epoch: 1))
        {
            _database.Execute("CREATE TRIGGER refuse BEFORE INSERT ON jellybean_positions BEGIN SELECT RAISE(ABORT, 'no luck'); END");

            await Assert.ThrowsAsync<SinkException>(() => sink.WriteAsync(Batch(1, [("a", 1)], new SourcePosition(North, 3)), CancellationToken.None));
        }

        Assert.Empty(_database.Rows("SELECT result_id FROM tally"));
    }

    [Fact]
    public async Task SqliteSink_result_that_cannot_be_read_takes_the_batch_back()
    {
        await using (var sink = new SqliteSink<Moody>(_database.Path))
        {
            await sink.OpenAsync(1, CancellationToken.None);

            var error = await Assert.ThrowsAsync<SinkException>(() => sink.WriteAsync(
                new SinkBatch<Moody>(1, [new("a", DateTimeOffset.UnixEpoch, new Moody(1)), new("b", DateTimeOffset.UnixEpoch, new Moody(-1))], []), CancellationToken.None));

            Assert.Contains("not today", error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(_database.Rows("SELECT result_id FROM moody"));
    }

    [Fact]
    public async Task SqliteSink_writes_again_after_a_failure()
    {
        await using (var sink = await OpenAsync(epoch: 1))
        {
            _database.Execute("CREATE TRIGGER refuse BEFORE INSERT ON tally BEGIN SELECT RAISE(ABORT, 'no luck'); END");
            await Assert.ThrowsAsync<SinkException>(() => sink.WriteAsync(Batch(1, [("a", 1)]), CancellationToken.None));
            _database.Execute("DROP TRIGGER refuse");

            await sink.WriteAsync(Batch(1, [("a", 1)]), CancellationToken.None);
        }

        Assert.Equal(["a|1"], _database.Rows("SELECT result_id, value FROM tally"));
    }

    [Fact]
    public async Task SqliteSink_newer_epoch_fences_the_older_writer()
    {
        await using var old = await OpenAsync(epoch: 1);
        await using var taking = await OpenAsync(epoch: 2);

        var error = await Assert.ThrowsAsync<SinkException>(() => old.WriteAsync(Batch(1, [("a", 1)]), CancellationToken.None));
        await taking.WriteAsync(Batch(2, [("b", 2)]), CancellationToken.None);

        Assert.Contains("Epoch 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("epoch 2", error.Message, StringComparison.Ordinal);
        Assert.Equal(["b|2"], _database.Rows("SELECT result_id, value FROM tally"));
    }

    [Fact]
    public async Task SqliteSink_older_epoch_cannot_open()
    {
        await using (await OpenAsync(epoch: 5))
        {
        }

        await using var late = new SqliteSink<Tally>(_database.Path);

        await Assert.ThrowsAsync<SinkException>(() => late.OpenAsync(4, CancellationToken.None));
    }

    [Fact]
    public async Task SqliteSink_that_a_later_plan_goes_on_with_is_of_its_epoch_from_the_first_batch_on()
    {
        await using var sink = await OpenAsync(epoch: 2);
        await sink.WriteAsync(Batch(3, [("a", 1)]), CancellationToken.None);

        Assert.Equal(["3"], _database.Rows("SELECT epoch FROM jellybean_writers"));
        await Assert.ThrowsAsync<SinkException>(() => sink.WriteAsync(Batch(2, [("b", 2)]), CancellationToken.None));
        await sink.WriteAsync(Batch(3, [("c", 3)]), CancellationToken.None);
    }

    [Fact]
    public async Task SqliteSink_batch_of_an_older_epoch_is_refused()
    {
        await using var sink = await OpenAsync(epoch: 2);

        await Assert.ThrowsAsync<SinkException>(() => sink.WriteAsync(Batch(1, [("a", 1)]), CancellationToken.None));
    }

    [Fact]
    public async Task SqliteSink_that_starts_empty_forgets_the_run_before()
    {
        var options = new SqliteSinkOptions { StartsEmpty = true };
        await using (var first = await OpenAsync(epoch: 1, options))
        {
            await first.WriteAsync(Batch(1, [("a", 1)], new SourcePosition(North, 3)), CancellationToken.None);
        }

        await using var second = new SqliteSink<Tally>(_database.Path, options);
        var positions = await second.OpenAsync(1, CancellationToken.None);

        Assert.Empty(positions);
        Assert.Empty(_database.Rows("SELECT result_id FROM tally"));
    }

    [Fact]
    public async Task SqliteSink_that_starts_empty_keeps_what_a_run_that_goes_on_had_written()
    {
        var options = new SqliteSinkOptions { StartsEmpty = true };
        await using (var first = await OpenAsync(epoch: 1, options))
        {
            await first.WriteAsync(Batch(1, [("a", 1)], new SourcePosition(North, 3)), CancellationToken.None);
        }

        await using var second = new SqliteSink<Tally>(_database.Path, options);
        await second.ResumeAsync(2, snapshot: null, CancellationToken.None);

        Assert.Equal(["a"], _database.Rows("SELECT result_id FROM tally"));
    }

    [Fact]
    public async Task SqliteSink_two_tables_share_a_file()
    {
        await using (var left = await OpenAsync(epoch: 1, new SqliteSinkOptions { Table = "left tracks" }))
        await using (var right = await OpenAsync(epoch: 1, new SqliteSinkOptions { Table = "right" }))
        {
            await left.WriteAsync(Batch(1, [("a", 1)], new SourcePosition(North, 1)), CancellationToken.None);
            await right.WriteAsync(Batch(1, [("a", 2)], new SourcePosition(North, 2)), CancellationToken.None);
        }

        Assert.Equal(["1"], _database.Rows("SELECT value FROM \"left tracks\""));
        Assert.Equal(["left tracks|1", "right|2"], _database.Rows("SELECT output, number FROM jellybean_positions JOIN jellybean_writers ON id = writer ORDER BY output"));
    }

    [Fact]
    public async Task SqliteSink_readers_see_whole_batches_only()
    {
        await using var sink = await OpenAsync(epoch: 1);
        await sink.WriteAsync(Batch(1, [("a", 1)]), CancellationToken.None);
        using var reader = _database.Connect();
        using var snapshot = reader.BeginTransaction(deferred: true);
        using var count = new SqliteCommand("SELECT count(*) FROM tally", reader, snapshot);
        Assert.Equal(1L, count.ExecuteScalar());

        await sink.WriteAsync(Batch(1, [("b", 1), ("c", 1)]), CancellationToken.None);

        Assert.Equal(1L, count.ExecuteScalar());
    }

    [Fact]
    public async Task SqliteSink_file_that_is_no_database_is_refused_and_left_alone()
    {
        var text = string.Concat(Enumerable.Repeat("This is a letter, not a database. ", 100));
        await File.WriteAllTextAsync(_database.Path, text);

        var error = await RefusedAsync(_database.Path);

        Assert.Contains("no SQLite database", error.Message, StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(_database.Path));
    }

    [Fact]
    public async Task SqliteSink_path_that_is_a_folder_is_refused()
    {
        Directory.CreateDirectory(_database.Path);

        var error = await RefusedAsync(_database.Path);

        Assert.Contains(_database.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be opened", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SqliteSink_folder_that_cannot_be_made_is_refused()
    {
        await File.WriteAllTextAsync(_database.PathOf("file"), "");

        var error = await RefusedAsync(_database.PathOf("file/results.db"));

        Assert.Contains("folder cannot be made", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SqliteSink_table_of_another_program_is_refused()
    {
        _database.Execute("CREATE TABLE tally (id INTEGER, colour TEXT)");

        var error = await RefusedAsync(_database.Path);

        Assert.Contains("id, colour", error.Message, StringComparison.Ordinal);
        Assert.Contains("result_id, event_time, value", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SqliteSink_check_finds_what_opening_would_and_leaves_all_as_it_is()
    {
        await using (var sink = await OpenAsync(epoch: 7))
        {
            await sink.WriteAsync(Batch(7, [("a", 1)], new SourcePosition(North, 4)), CancellationToken.None);
        }

        var before = _database.Rows("SELECT name FROM sqlite_master ORDER BY name");
        await using var emptying = new SqliteSink<Tally>(_database.Path, new SqliteSinkOptions { StartsEmpty = true });
        await using var other = new SqliteSink<Tally>(_database.Path, new SqliteSinkOptions { Table = "other" });
        await using var folder = new SqliteSink<Tally>(Path.GetDirectoryName(_database.Path)!);
        await emptying.CheckAsync(CancellationToken.None);
        await other.CheckAsync(CancellationToken.None);

        var error = await Assert.ThrowsAsync<SinkException>(() => folder.CheckAsync(CancellationToken.None));

        Assert.Contains("not itself a folder", error.Message, StringComparison.Ordinal);
        Assert.Equal(["a|1"], _database.Rows("SELECT result_id, value FROM tally"));
        Assert.Equal(before, _database.Rows("SELECT name FROM sqlite_master ORDER BY name"));
    }

    [Fact]
    public async Task SqliteSink_database_held_by_another_program_is_told()
    {
        await using var sink = await OpenAsync(epoch: 1, new SqliteSinkOptions { LockTimeout = TimeSpan.FromSeconds(1) });
        using var other = _database.Connect();
        using var held = other.BeginTransaction(deferred: false);

        var error = await Assert.ThrowsAsync<SinkException>(() => sink.WriteAsync(Batch(1, [("a", 1)]), CancellationToken.None));

        Assert.Contains("another program holds", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8, "read-only")]
    [InlineData(11, "damaged")]
    [InlineData(13, "disk is full")]
    [InlineData(10, "disk failed")]
    public void SqliteFault_says_what_to_do(int code, string expected) =>
        Assert.Contains(expected, SqliteFault.Of("/data/results.db", new SqliteException("cause", code)).Message, StringComparison.Ordinal);

    [Fact]
    public void SqliteSink_property_named_as_a_column_of_every_table_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => new SqliteSink<Clash>(_database.Path));

        Assert.Contains("event_time", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _database.Dispose();

    private static async Task<SinkException> RefusedAsync(string path)
    {
        await using var sink = new SqliteSink<Tally>(path);
        return await Assert.ThrowsAsync<SinkException>(() => sink.OpenAsync(1, CancellationToken.None));
    }

    private static SinkBatch<Tally> Batch(long epoch, IEnumerable<(string Id, long Value)> results, params IReadOnlyList<SourcePosition> settled) =>
        new(epoch, [.. results.Select(r => new Result<Tally>(r.Id, DateTimeOffset.UnixEpoch, new Tally(r.Value)))], settled);

    private async Task<SqliteSink<Tally>> OpenAsync(long epoch, SqliteSinkOptions? options = null)
    {
        var sink = new SqliteSink<Tally>(_database.Path, options);
        await sink.OpenAsync(epoch, CancellationToken.None);
        return sink;
    }

    public sealed record Tally(long Value);

    public sealed record Moody(int Mood)
    {
        public int Half => Mood >= 0 ? Mood / 2 : throw new InvalidOperationException("not today");
    }

    public sealed record Clash(string EventTime);

    public sealed record Place(int X, int Y);

    public sealed record AllKinds(
        int Number, float Share, string Name, bool IsOpen, DateTimeOffset SeenAt, Colour Colour, int? Maybe, Place Where, ImmutableArray<int> Many);
}
