using JellyBean.Workflows.Outputs;
using Microsoft.Data.Sqlite;

namespace JellyBean.Hosting.Sinks;

/// <summary>Remembers which results of a sink's table were written behind which snapshot, until it is certain that they stay.</summary>
internal sealed class SqliteUndo(SqliteTable table)
{
    private const string Pending = "jellybean_pending";
    private const string Snapshots = "jellybean_snapshots";

    public static void Create(SqliteConnection connection, SqliteTransaction transaction) => SqliteTable.Run(
        connection, transaction,
        $"""
        CREATE TABLE IF NOT EXISTS {Pending} (output TEXT NOT NULL, after INTEGER NOT NULL, result_id TEXT NOT NULL, PRIMARY KEY (output, after, result_id)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS {Snapshots} (output TEXT NOT NULL PRIMARY KEY, snapshot INTEGER NOT NULL) WITHOUT ROWID;
        """);

    /// <summary>A run begins that no snapshot was taken of.</summary>
    public void Clear(SqliteConnection connection, SqliteTransaction transaction) => SqliteTable.Run(
        connection, transaction, $"DELETE FROM {Pending} WHERE output = @output; DELETE FROM {Snapshots} WHERE output = @output", ("@output", table.Name));

    /// <returns>The last snapshot that was pre-committed; 0 if none was.</returns>
    public long ReadSnapshot(SqliteConnection connection, SqliteTransaction transaction)
    {
        using var command = SqliteTable.Command(connection, transaction, $"SELECT snapshot FROM {Snapshots} WHERE output = @output", ("@output", table.Name));
        return command.ExecuteScalar() is long snapshot ? snapshot : 0;
    }

    public void WriteSnapshot(SqliteConnection connection, SqliteTransaction transaction, long snapshot) => SqliteTable.Run(
        connection, transaction,
        $"INSERT INTO {Snapshots} VALUES (@output, @snapshot) ON CONFLICT (output) DO UPDATE SET snapshot = excluded.snapshot",
        ("@output", table.Name), ("@snapshot", snapshot));

    /// <summary>Results are written behind a snapshot.</summary>
    public void Add<T>(SqliteConnection connection, SqliteTransaction transaction, long after, IReadOnlyList<Result<T>> results)
        where T : notnull
    {
        using var command = SqliteTable.Command(
            connection, transaction, $"INSERT OR IGNORE INTO {Pending} VALUES (@output, @after, @id)", ("@output", table.Name), ("@after", after), ("@id", ""));
        command.Prepare();
        foreach (var result in results)
        {
            command.Parameters["@id"].Value = result.Id;
            command.ExecuteNonQuery();
        }
    }

    /// <summary>Results before a snapshot stay.</summary>
    public void Forget(SqliteConnection connection, SqliteTransaction transaction, long snapshot) => SqliteTable.Run(
        connection, transaction, $"DELETE FROM {Pending} WHERE output = @output AND after < @snapshot", ("@output", table.Name), ("@snapshot", snapshot));

    /// <summary>Takes back what was written behind a snapshot.</summary>
    public void TakeBack(SqliteConnection connection, SqliteTransaction transaction, long snapshot) => SqliteTable.Run(
        connection, transaction,
        $"""
        DELETE FROM {SqliteTable.Quoted(table.Name)} WHERE result_id IN (SELECT result_id FROM {Pending} WHERE output = @output AND after >= @snapshot);
        DELETE FROM {Pending} WHERE output = @output;
        """,
        ("@output", table.Name), ("@snapshot", snapshot));
}
