using JellyBean.Workflows.Outputs;
using Microsoft.Data.Sqlite;

namespace JellyBean.Hosting.Sinks;

/// <summary>Remembers which results of a sink's table a writer has written behind which snapshot, until it is certain that they stay.</summary>
/// <remarks>A result that somebody else writes again is theirs from then on: nobody takes back another one's.</remarks>
internal sealed class SqliteUndo(SqliteWriter writer)
{
    /// <summary>A run begins that no snapshot was taken of.</summary>
    public void Clear(SqliteConnection connection, SqliteTransaction transaction)
    {
        ForgetAll(connection, transaction);
        writer.WriteSnapshot(connection, transaction, 0);
    }

    /// <summary>Results are written.</summary>
    /// <param name="connection">To the file.</param>
    /// <param name="transaction">In which they are written.</param>
    /// <param name="after">Behind which snapshot; 0 if there is none to go back to.</param>
    /// <param name="results">The results.</param>
    public void Add<T>(SqliteConnection connection, SqliteTransaction transaction, long after, IReadOnlyList<Result<T>> results)
        where T : notnull
    {
        if (after == 0 && !IsAnythingPending(connection, transaction))
        {
            return;
        }

        using var command = after == 0
            ? SqliteTable.Command(
                connection, transaction, $"DELETE FROM {SqliteBooks.Pending} WHERE output = @output AND result_id = @id", ("@output", writer.Table), ("@id", ""))
            : SqliteTable.Command(
                connection, transaction,
                $"INSERT INTO {SqliteBooks.Pending} VALUES (@output, @id, @writer, @after) ON CONFLICT (output, result_id) DO UPDATE SET writer = excluded.writer, after = excluded.after",
                ("@output", writer.Table), ("@id", ""), ("@writer", writer.Id), ("@after", after));
        command.Prepare();
        foreach (var result in results)
        {
            command.Parameters["@id"].Value = result.Id;
            command.ExecuteNonQuery();
        }
    }

    /// <summary>Results before a snapshot stay.</summary>
    public void Forget(SqliteConnection connection, SqliteTransaction transaction, long snapshot) => SqliteTable.Run(
        connection, transaction, $"DELETE FROM {SqliteBooks.Pending} WHERE output = @output AND writer = @writer AND after < @snapshot",
        ("@output", writer.Table), ("@writer", writer.Id), ("@snapshot", snapshot));

    /// <summary>Takes back what was written behind a snapshot.</summary>
    public void TakeBack(SqliteConnection connection, SqliteTransaction transaction, long snapshot)
    {
        SqliteTable.Run(
            connection, transaction,
            $"""
            DELETE FROM {SqliteTable.Quoted(writer.Table)} WHERE result_id IN (
                SELECT result_id FROM {SqliteBooks.Pending} WHERE output = @output AND writer = @writer AND after >= @snapshot)
            """,
            ("@output", writer.Table), ("@writer", writer.Id), ("@snapshot", snapshot));
        ForgetAll(connection, transaction);
        writer.WriteSnapshot(connection, transaction, snapshot);
    }

    private void ForgetAll(SqliteConnection connection, SqliteTransaction transaction) => SqliteTable.Run(
        connection, transaction, $"DELETE FROM {SqliteBooks.Pending} WHERE output = @output AND writer = @writer", ("@output", writer.Table), ("@writer", writer.Id));

    private bool IsAnythingPending(SqliteConnection connection, SqliteTransaction transaction)
    {
        using var command = SqliteTable.Command(connection, transaction, $"SELECT EXISTS (SELECT 1 FROM {SqliteBooks.Pending} WHERE output = @output)", ("@output", writer.Table));
        return command.ExecuteScalar() is 1L;
    }
}
