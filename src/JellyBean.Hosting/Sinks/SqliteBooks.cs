using JellyBean.Workflows.Outputs;
using Microsoft.Data.Sqlite;

namespace JellyBean.Hosting.Sinks;

/// <summary>The tables in which the sinks of a file remember who writes what, how far each has come, and what may have to be taken back.</summary>
internal static class SqliteBooks
{
    public const string Writers = "jellybean_writers";
    public const string Positions = "jellybean_positions";
    public const string Pending = "jellybean_pending";

    // Numbers of writers never come again: one that was removed stays fenced.
    private const string Make =
        $"""
        CREATE TABLE IF NOT EXISTS {Writers} (
            id INTEGER PRIMARY KEY AUTOINCREMENT, output TEXT NOT NULL, name TEXT NOT NULL, epoch INTEGER NOT NULL, snapshot INTEGER NOT NULL, UNIQUE (output, name));
        CREATE TABLE IF NOT EXISTS {Positions} (writer INTEGER NOT NULL, source TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (writer, source)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS {Pending} (
            output TEXT NOT NULL, result_id TEXT NOT NULL, writer INTEGER NOT NULL, after INTEGER NOT NULL, PRIMARY KEY (output, result_id)) WITHOUT ROWID;
        """;

    // What is there had one writer for each output, whose name nobody wrote down.
    private const string TakeOver =
        $"""
        ALTER TABLE {Positions} RENAME TO jellybean_positions_before;
        ALTER TABLE {Pending} RENAME TO jellybean_pending_before;
        {Make}
        INSERT INTO {Writers} (output, name, epoch, snapshot)
            SELECT e.output, '', e.epoch, coalesce(s.snapshot, 0) FROM jellybean_epochs e LEFT JOIN jellybean_snapshots s ON s.output = e.output;
        INSERT INTO {Positions} SELECT w.id, p.source, p.number FROM jellybean_positions_before p JOIN {Writers} w ON w.output = p.output;
        INSERT INTO {Pending} SELECT p.output, p.result_id, w.id, max(p.after) FROM jellybean_pending_before p JOIN {Writers} w ON w.output = p.output GROUP BY p.output, p.result_id;
        DROP TABLE jellybean_positions_before;
        DROP TABLE jellybean_pending_before;
        DROP TABLE jellybean_epochs;
        DROP TABLE jellybean_snapshots;
        """;

    private static readonly (string Table, string[] Columns)[] All =
        [(Writers, ["id", "output", "name", "epoch", "snapshot"]), (Positions, ["writer", "source", "number"]), (Pending, ["output", "result_id", "writer", "after"])];

    private static readonly (string Table, string[] Columns)[] AllBefore =
    [
        ("jellybean_epochs", ["output", "epoch"]), (Positions, ["output", "source", "number"]), ("jellybean_snapshots", ["output", "snapshot"]), (Pending, ["output", "after", "result_id"]),
    ];

    /// <summary>Makes what is missing; the form that had room for one writer for each output is taken over.</summary>
    /// <exception cref="SinkException">What is there has another form.</exception>
    public static void Create(SqliteConnection connection, SqliteTransaction transaction)
    {
        SqliteTable.Run(connection, transaction, AllBefore.All(IsThere) ? TakeOver : Make);
        if (All.FirstOrDefault(b => !IsThere(b)) is { Table: { } table, Columns: var expected })
        {
            throw new SinkException(
                $"Table '{table}' in '{connection.DataSource}' has the columns {string.Join(", ", SqliteTable.ColumnsOf(connection, transaction, table))}; expected {string.Join(", ", expected)}. It was written by another release: give another file, or go on with that release.");
        }

        bool IsThere((string Table, string[] Columns) book) =>
            SqliteTable.ColumnsOf(connection, transaction, book.Table).ToHashSet(StringComparer.Ordinal).SetEquals(book.Columns);
    }

    /// <summary>Forgets everybody who has written to a table; whoever still does is fenced.</summary>
    public static void Clear(SqliteConnection connection, SqliteTransaction transaction, string table) => SqliteTable.Run(
        connection, transaction,
        $"""
        DELETE FROM {Positions} WHERE writer IN (SELECT id FROM {Writers} WHERE output = @output);
        DELETE FROM {Pending} WHERE output = @output;
        DELETE FROM {Writers} WHERE output = @output;
        """,
        ("@output", table));
}
