using JellyBean.Hosting.Sinks;
using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Hosting.Tests.Sinks;

/// <summary>Two versions of a workflow that write to one table.</summary>
public sealed class SqliteSinkVersionsTests : IDisposable
{
    private const string BooksBefore =
        """
        CREATE TABLE jellybean_positions (output TEXT NOT NULL, source TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (output, source)) WITHOUT ROWID;
        CREATE TABLE jellybean_epochs (output TEXT NOT NULL PRIMARY KEY, epoch INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE jellybean_pending (output TEXT NOT NULL, after INTEGER NOT NULL, result_id TEXT NOT NULL, PRIMARY KEY (output, after, result_id)) WITHOUT ROWID;
        CREATE TABLE jellybean_snapshots (output TEXT NOT NULL PRIMARY KEY, snapshot INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE tally (result_id TEXT NOT NULL PRIMARY KEY, event_time TEXT NOT NULL, value INTEGER);
        INSERT INTO tally VALUES ('before', '', 1), ('twice', '', 1), ('behind', '', 1);
        INSERT INTO jellybean_positions VALUES ('tally', 'cameras/north', 7), ('other', 'cameras/north', 3);
        INSERT INTO jellybean_epochs VALUES ('tally', 3), ('other', 5);
        INSERT INTO jellybean_pending VALUES ('tally', 1, 'twice'), ('tally', 2, 'twice'), ('tally', 2, 'behind');
        INSERT INTO jellybean_snapshots VALUES ('tally', 2);
        """;

    private static readonly SourceId North = SourceId.Of("cameras", "north");
    private readonly Database _database = new();

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task Versions_write_by_turns_each_under_epochs_and_positions_of_its_own()
    {
        await using (var old = Sink("old"))
        await using (var young = Sink("young"))
        {
            await old.OpenAsync(4, CancellationToken.None);
            await young.ResumeAsync(2, null, CancellationToken.None);
            await WriteAsync(old, 4, 1, "a");
            await WriteAsync(young, 2, 2, "b");
            await WriteAsync(old, 5, 1, "c");
        }

        await using var again = Sink("old");
        var positions = await again.OpenAsync(6, CancellationToken.None);

        Assert.Equal(["a|1", "b|2", "c|1"], Rows());
        Assert.Equal([new SourcePosition(North, 1)], positions);
        Assert.Equal(["tracking@old/tallies|6", "tracking@young/tallies|2"], _database.Rows("SELECT name, epoch FROM jellybean_writers ORDER BY name"));
        await using var late = Sink("old");
        Assert.Contains("epoch 6", (await Assert.ThrowsAsync<SinkException>(() => late.OpenAsync(5, CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_goes_back_without_the_results_of_the_other_one_also_those_that_it_had_written_before()
    {
        await using var young = Sink("young");
        await young.OpenAsync(2, CancellationToken.None);
        await using (var old = Sink("old"))
        {
            await old.OpenAsync(1, CancellationToken.None);
            await old.PreCommitAsync(1, CancellationToken.None);
            await WriteAsync(old, 1, 1, "of both", "also of both", "of the old");
            await WriteAsync(young, 2, 2, "of both");
            await young.PreCommitAsync(1, CancellationToken.None);
            await WriteAsync(young, 2, 2, "also of both", "of the young");
        }

        await using (var old = Sink("old"))
        {
            await old.ResumeAsync(3, 1, CancellationToken.None);
        }

        Assert.Equal(["also of both|2", "of both|2", "of the young|2"], Rows());
        await young.CommitAsync(1, CancellationToken.None);
        Assert.Equal(["also of both", "of the young"], _database.Rows("SELECT result_id FROM jellybean_pending ORDER BY result_id"));
    }

    [Fact]
    public async Task Outputs_of_one_workflow_that_write_to_one_table_each_go_back_alone()
    {
        await using var left = Sink("old", "left");
        await left.OpenAsync(1, CancellationToken.None);
        await left.PreCommitAsync(1, CancellationToken.None);
        await WriteAsync(left, 1, 1, "of the left");
        await using (var right = Sink("old", "right"))
        {
            await right.OpenAsync(1, CancellationToken.None);
            await right.PreCommitAsync(1, CancellationToken.None);
            await WriteAsync(right, 1, 2, "of the right");
        }

        await using var again = Sink("old", "right");
        await again.ResumeAsync(2, 1, CancellationToken.None);

        Assert.Equal(["of the left|1"], Rows());
    }

    [Fact]
    public async Task Run_that_begins_anew_with_an_empty_table_fences_every_other_writer()
    {
        await using var old = Sink("old");
        await old.OpenAsync(1, CancellationToken.None);
        await WriteAsync(old, 1, 1, "a");
        await using var young = Sink("young", options: new SqliteSinkOptions { StartsEmpty = true });
        await young.OpenAsync(1, CancellationToken.None);
        await WriteAsync(young, 1, 2, "b");

        var error = await Assert.ThrowsAsync<SinkException>(() => WriteAsync(old, 1, 1, "c"));

        Assert.Contains("begun anew", error.Message, StringComparison.Ordinal);
        Assert.Equal(["b|2"], Rows());
    }

    [Fact]
    public async Task Books_for_one_writer_are_taken_over_by_the_first_and_it_goes_on_and_back_with_them()
    {
        _database.Execute(BooksBefore);
        await using (var check = Sink("old"))
        {
            await check.CheckAsync(CancellationToken.None);
        }

        Assert.Equal(["3"], _database.Rows("SELECT epoch FROM jellybean_epochs WHERE output = 'tally'"));
        await using (var late = Sink("old"))
        {
            Assert.Contains("epoch 3", (await Assert.ThrowsAsync<SinkException>(() => late.ResumeAsync(2, 2, CancellationToken.None))).Message, StringComparison.Ordinal);
        }

        await using (var old = Sink("old"))
        {
            await old.ResumeAsync(4, 2, CancellationToken.None);
        }

        await using var young = Sink("young");
        Assert.Empty(await young.OpenAsync(1, CancellationToken.None));
        Assert.Equal(["before|1"], Rows());
        Assert.Equal(["other||5|0|3", "tally|tracking@old/tallies|4|2|null", "tally|tracking@young/tallies|1|0|null"], _database.Rows(
            "SELECT output, name, epoch, snapshot, number FROM jellybean_writers LEFT JOIN jellybean_positions ON writer = id ORDER BY output, name"));
        Assert.Equal(
            ["jellybean_pending", "jellybean_positions", "jellybean_writers"], _database.Rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'jellybean%' ORDER BY name"));
    }

    [Fact]
    public async Task Books_of_another_form_are_refused_and_left_alone()
    {
        _database.Execute("CREATE TABLE jellybean_positions (shard INTEGER, number INTEGER)");

        await using var sink = Sink("old");
        var error = await Assert.ThrowsAsync<SinkException>(() => sink.OpenAsync(1, CancellationToken.None));

        Assert.Contains("has the columns shard, number; expected writer, source, number", error.Message, StringComparison.Ordinal);
        Assert.Equal(["jellybean_positions"], _database.Rows("SELECT name FROM sqlite_master WHERE type = 'table'"));
    }

    /// <summary>Both take snapshots, crash and go back as they like; who wrote a result last owns it.</summary>
    [Fact]
    public async Task Whatever_becomes_of_one_version_the_table_has_what_each_has_written_last_and_not_taken_back()
    {
        for (var seed = 0; seed < 12; seed++)
        {
            var random = new Random(seed);
            var rows = new Dictionary<string, Row>(StringComparer.Ordinal);
            _database.Execute("DROP TABLE IF EXISTS tally");
            Version[] versions = [new($"old-{seed}", 1), new($"young-{seed}", 2)];
            for (var step = 0; step < 40; step++)
            {
                var version = versions[random.Next(2)];
                await version.DoAsync(random.Next(6), random, fingerprint => Sink(fingerprint), rows);

                Assert.Equal(rows.Select(r => $"{r.Key}|{r.Value.Owner.Value}").Order(StringComparer.Ordinal), Rows());
            }

            foreach (var version in versions)
            {
                await version.Sink!.DisposeAsync();
            }
        }
    }

    private static Task WriteAsync(SqliteSink<Tally> sink, long epoch, long value, params string[] ids) => sink.WriteAsync(
        new SinkBatch<Tally>(epoch, [.. ids.Select(id => new Result<Tally>(id, DateTimeOffset.UnixEpoch, new Tally(value)))], [new SourcePosition(North, value)]), CancellationToken.None);

    private SqliteSink<Tally> Sink(string fingerprint, string output = "tallies", SqliteSinkOptions? options = null)
    {
        var sink = new SqliteSink<Tally>(_database.Path, options);
        sink.WrittenBy(new SinkWriter("tracking", fingerprint, new OperatorId(output)));
        return sink;
    }

    private IEnumerable<string> Rows() => _database.Rows("SELECT result_id, value FROM tally ORDER BY result_id");

    public sealed record Tally(long Value);

    private sealed record Row(Version Owner, long After);

    private sealed class Version(string fingerprint, long value)
    {
        private long _epoch;
        private long _snapshot;
        private long _committed;

        public long Value => value;

        public SqliteSink<Tally>? Sink { get; private set; }

        public async Task DoAsync(int act, Random random, Func<string, SqliteSink<Tally>> open, Dictionary<string, Row> rows)
        {
            if (Sink is null)
            {
                Sink = open(fingerprint);
                await Sink.ResumeAsync(++_epoch, null, CancellationToken.None);
            }

            switch (act)
            {
                case 0:
                    await Sink.PreCommitAsync(++_snapshot, CancellationToken.None);
                    break;
                case 1 when _snapshot > 0:
                    await Sink.CommitAsync(_committed = _snapshot, CancellationToken.None);
                    break;
                case 2 when _snapshot > 0:
                    await Sink.DisposeAsync();
                    _snapshot = _committed = Math.Max(1, random.Next(2) == 0 ? _committed : _snapshot);
                    Sink = open(fingerprint);
                    await Sink.ResumeAsync(++_epoch, _snapshot, CancellationToken.None);
                    foreach (var (id, _) in rows.Where(r => r.Value.Owner == this && r.Value.After >= _snapshot).ToList())
                    {
                        rows.Remove(id);
                    }

                    break;
                default:
                    string[] ids = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => $"id {random.Next(8)}").Distinct()];
                    await WriteAsync(Sink, _epoch, value, ids);
                    foreach (var id in ids)
                    {
                        rows[id] = new Row(this, _snapshot);
                    }

                    break;
            }
        }
    }
}
