using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;
using Microsoft.Data.Sqlite;

namespace JellyBean.Hosting.Sinks;

/// <summary>One of those who write to a sink's table: its epoch, its last snapshot, and how far its sources are settled.</summary>
/// <param name="table">The table.</param>
/// <param name="name">Tells it from others; empty where nobody has said who writes.</param>
internal sealed class SqliteWriter(string table, string name)
{
    /// <summary>Its number in the file; 0 before it has entered.</summary>
    public long Id { get; private set; }

    public string Table => table;

    /// <summary>Finds its own books, or begins them.</summary>
    public void Enter(SqliteConnection connection, SqliteTransaction transaction)
    {
        // What belongs to nobody by name goes to the one that comes first.
        SqliteTable.Run(
            connection, transaction,
            $"""
            UPDATE OR IGNORE {SqliteBooks.Writers} SET name = @name WHERE output = @output AND name = '';
            INSERT INTO {SqliteBooks.Writers} (output, name, epoch, snapshot) VALUES (@output, @name, 0, 0) ON CONFLICT DO NOTHING;
            """,
            ("@output", table), ("@name", name));
        using var command = SqliteTable.Command(
            connection, transaction, $"SELECT id FROM {SqliteBooks.Writers} WHERE output = @output AND name = @name", ("@output", table), ("@name", name));
        Id = (long)command.ExecuteScalar()!;
    }

    /// <returns>The epoch under which it writes; 0 if none did yet, or a run that began anew has removed it.</returns>
    public long ReadEpoch(SqliteConnection connection, SqliteTransaction transaction) => Read(connection, transaction, $"SELECT epoch FROM {SqliteBooks.Writers} WHERE id = @writer");

    public void WriteEpoch(SqliteConnection connection, SqliteTransaction transaction, long epoch) =>
        SqliteTable.Run(connection, transaction, $"UPDATE {SqliteBooks.Writers} SET epoch = @epoch WHERE id = @writer", ("@writer", Id), ("@epoch", epoch));

    /// <returns>The last snapshot that was pre-committed; 0 if none was.</returns>
    public long ReadSnapshot(SqliteConnection connection, SqliteTransaction transaction) => Read(connection, transaction, $"SELECT snapshot FROM {SqliteBooks.Writers} WHERE id = @writer");

    public void WriteSnapshot(SqliteConnection connection, SqliteTransaction transaction, long snapshot) =>
        SqliteTable.Run(connection, transaction, $"UPDATE {SqliteBooks.Writers} SET snapshot = @snapshot WHERE id = @writer", ("@writer", Id), ("@snapshot", snapshot));

    public void ClearPositions(SqliteConnection connection, SqliteTransaction transaction) =>
        SqliteTable.Run(connection, transaction, $"DELETE FROM {SqliteBooks.Positions} WHERE writer = @writer", ("@writer", Id));

    public IReadOnlyList<SourcePosition> ReadPositions(SqliteConnection connection, SqliteTransaction transaction)
    {
        using var command = SqliteTable.Command(
            connection, transaction, $"SELECT source, number FROM {SqliteBooks.Positions} WHERE writer = @writer ORDER BY source", ("@writer", Id));
        using var reader = command.ExecuteReader();
        List<SourcePosition> positions = [];
        while (reader.Read())
        {
            positions.Add(new SourcePosition(new SourceId(reader.GetString(0)), reader.GetInt64(1)));
        }

        return positions;
    }

    public void WritePositions(SqliteConnection connection, SqliteTransaction transaction, IReadOnlyList<SourcePosition> positions)
    {
        // A position says that nothing earlier follows, so it never goes back.
        using var command = SqliteTable.Command(
            connection, transaction,
            $"INSERT INTO {SqliteBooks.Positions} VALUES (@writer, @source, @number) ON CONFLICT (writer, source) DO UPDATE SET number = max(number, excluded.number)",
            ("@writer", Id), ("@source", ""), ("@number", 0L));
        foreach (var position in positions)
        {
            command.Parameters["@source"].Value = position.Source.Value;
            command.Parameters["@number"].Value = position.Number;
            command.ExecuteNonQuery();
        }
    }

    private long Read(SqliteConnection connection, SqliteTransaction transaction, string query)
    {
        using var command = SqliteTable.Command(connection, transaction, query, ("@writer", Id));
        return command.ExecuteScalar() is long number ? number : 0;
    }
}
