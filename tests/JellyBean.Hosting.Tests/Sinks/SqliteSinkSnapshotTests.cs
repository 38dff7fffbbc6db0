using JellyBean.Hosting.Sinks;
using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Hosting.Tests.Sinks;

public sealed class SqliteSinkSnapshotTests : IDisposable
{
    private static readonly SourceId North = SourceId.Of("cameras", "north");
    private readonly Database _database = new();

    [Fact]
    public async Task Resume_at_a_snapshot_takes_back_what_was_written_behind_it_and_no_more()
    {
        await using (var first = await OpenAsync(1))
        {
            await WriteAsync(first, 1, "before");
            await first.PreCommitAsync(1, CancellationToken.None);
            await WriteAsync(first, 1, "between");
            await first.PreCommitAsync(2, CancellationToken.None);
            await first.CommitAsync(1, CancellationToken.None);
            await WriteAsync(first, 1, "behind");
        }

        await using var second = new SqliteSink<Tally>(_database.Path);
        await second.ResumeAsync(2, 2, CancellationToken.None);

        Assert.Equal(["before", "between"], Ids());
        Assert.Empty(_database.Rows("SELECT * FROM jellybean_pending"));
        Assert.Empty(_database.Rows("SELECT * FROM jellybean_positions"));
    }

    [Fact]
    public async Task Resume_at_an_older_snapshot_than_the_last_that_was_pre_committed_takes_back_both()
    {
        await using (var first = await OpenAsync(1))
        {
            await first.PreCommitAsync(1, CancellationToken.None);
            await WriteAsync(first, 1, "between");
            await first.PreCommitAsync(2, CancellationToken.None);
            await WriteAsync(first, 1, "behind");
        }

        await using var second = new SqliteSink<Tally>(_database.Path);
        await second.ResumeAsync(2, 1, CancellationToken.None);
        await WriteAsync(second, 2, "between");
        await second.PreCommitAsync(2, CancellationToken.None);
        await second.CommitAsync(2, CancellationToken.None);

        Assert.Equal(["between"], Ids());
        Assert.Empty(_database.Rows("SELECT * FROM jellybean_pending"));
    }

    [Fact]
    public async Task Resume_at_a_snapshot_that_the_file_does_not_know_is_refused_and_changes_nothing()
    {
        await using (var first = await OpenAsync(1))
        {
            await first.PreCommitAsync(1, CancellationToken.None);
            await WriteAsync(first, 1, "a");
        }

        await using var second = new SqliteSink<Tally>(_database.Path);
        var error = await Assert.ThrowsAsync<SinkException>(() => second.ResumeAsync(2, 3, CancellationToken.None));

        Assert.Contains("cannot go back to snapshot 3: it knows 1 as the last", error.Message, StringComparison.Ordinal);
        Assert.Equal(["a"], Ids());
    }

    [Fact]
    public async Task Resume_without_a_snapshot_keeps_all_and_fences_the_writer_before()
    {
        await using var first = await OpenAsync(1);
        await first.PreCommitAsync(1, CancellationToken.None);
        await WriteAsync(first, 1, "a");

        await using var second = new SqliteSink<Tally>(_database.Path);
        await second.ResumeAsync(2, null, CancellationToken.None);

        Assert.Equal(["a"], Ids());
        await Assert.ThrowsAsync<SinkException>(() => WriteAsync(first, 1, "b"));
        await Assert.ThrowsAsync<SinkException>(() => first.PreCommitAsync(2, CancellationToken.None));
        await Assert.ThrowsAsync<SinkException>(() => first.CommitAsync(1, CancellationToken.None));
    }

    [Fact]
    public async Task Write_before_the_first_snapshot_remembers_nothing_to_take_back()
    {
        await using var sink = await OpenAsync(1);
        await WriteAsync(sink, 1, "a");

        Assert.Empty(_database.Rows("SELECT * FROM jellybean_pending"));
    }

    public void Dispose() => _database.Dispose();

    private static Task WriteAsync(SqliteSink<Tally> sink, long epoch, string id) => sink.WriteAsync(
        new SinkBatch<Tally>(epoch, [new Result<Tally>(id, DateTimeOffset.UnixEpoch, new Tally(1))], [new SourcePosition(North, 1)]), CancellationToken.None);

    private async Task<SqliteSink<Tally>> OpenAsync(long epoch)
    {
        var sink = new SqliteSink<Tally>(_database.Path);
        await sink.OpenAsync(epoch, CancellationToken.None);
        return sink;
    }

    private IReadOnlyList<string> Ids() => [.. _database.Rows("SELECT result_id FROM tally ORDER BY result_id")];

    public sealed record Tally(long Value);
}
