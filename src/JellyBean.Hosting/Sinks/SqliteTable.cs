using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;
using Microsoft.Data.Sqlite;

namespace JellyBean.Hosting.Sinks;

/// <summary>The statements of a sink's table, and of the tables that hold positions and epochs of all sinks in the file.</summary>
internal sealed class SqliteTable(string name, IReadOnlyList<SqliteColumn> columns)
{
    private const string Positions = "jellybean_positions";
    private const string Epochs = "jellybean_epochs";

    public string Name => name;

    /// <exception cref="SinkException">The table is there with other columns.</exception>
    public void Create(SqliteConnection connection, SqliteTransaction transaction)
    {
        var wanted = (string[])["result_id", "event_time", .. columns.Select(c => c.Name)];
        Run(connection, transaction,
            $"""
            CREATE TABLE IF NOT EXISTS {Positions} (output TEXT NOT NULL, source TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (output, source)) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS {Epochs} (output TEXT NOT NULL PRIMARY KEY, epoch INTEGER NOT NULL) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS {Quoted(name)} (result_id TEXT NOT NULL PRIMARY KEY, event_time TEXT NOT NULL{string.Concat(columns.Select(c => $", {Quoted(c.Name)} {c.Type}"))});
            """);
        using var command = Command(connection, transaction, "SELECT name FROM pragma_table_info(@table)", ("@table", name));
        using var reader = command.ExecuteReader();
        List<string> found = [];
        while (reader.Read())
        {
            found.Add(reader.GetString(0));
        }

        if (!found.ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(wanted))
        {
            throw new SinkException(
                $"Table '{name}' in '{connection.DataSource}' has the columns {string.Join(", ", found)}; expected {string.Join(", ", wanted)}. It comes from another program or version: give another file or table.");
        }
    }

    /// <returns>The epoch that writes; 0 if none did yet.</returns>
    public long ReadEpoch(SqliteConnection connection, SqliteTransaction transaction)
    {
        using var command = Command(connection, transaction, $"SELECT epoch FROM {Epochs} WHERE output = @output", ("@output", name));
        return command.ExecuteScalar() is long epoch ? epoch : 0;
    }

    public void WriteEpoch(SqliteConnection connection, SqliteTransaction transaction, long epoch) =>
        Run(connection, transaction, $"INSERT INTO {Epochs} VALUES (@output, @epoch) ON CONFLICT (output) DO UPDATE SET epoch = excluded.epoch", ("@output", name), ("@epoch", epoch));

    public void Clear(SqliteConnection connection, SqliteTransaction transaction)
    {
        Run(connection, transaction, $"DELETE FROM {Quoted(name)}");
        ClearPositions(connection, transaction);
    }

    public void ClearPositions(SqliteConnection connection, SqliteTransaction transaction) =>
        Run(connection, transaction, $"DELETE FROM {Positions} WHERE output = @output", ("@output", name));

    public IReadOnlyList<SourcePosition> ReadPositions(SqliteConnection connection, SqliteTransaction transaction)
    {
        using var command = Command(connection, transaction, $"SELECT source, number FROM {Positions} WHERE output = @output ORDER BY source", ("@output", name));
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
        using var command = Command(
            connection, transaction,
            $"INSERT INTO {Positions} VALUES (@output, @source, @number) ON CONFLICT (output, source) DO UPDATE SET number = max(number, excluded.number)",
            ("@output", name), ("@source", ""), ("@number", 0L));
        foreach (var position in positions)
        {
            command.Parameters["@source"].Value = position.Source.Value;
            command.Parameters["@number"].Value = position.Number;
            command.ExecuteNonQuery();
        }
    }

    public void WriteResults<T>(SqliteConnection connection, SqliteTransaction transaction, IReadOnlyList<Result<T>> results)
        where T : notnull
    {
        if (results.Count == 0)
        {
            return;
        }

        var parameters = string.Concat(columns.Select((_, i) => $", @c{i}"));
        var updates = string.Concat(columns.Select(c => $", {Quoted(c.Name)} = excluded.{Quoted(c.Name)}"));
        using var command = Command(
            connection, transaction,
            $"""
            INSERT INTO {Quoted(name)} (result_id, event_time{string.Concat(columns.Select(c => $", {Quoted(c.Name)}"))}) VALUES (@id, @time{parameters})
            ON CONFLICT (result_id) DO UPDATE SET event_time = excluded.event_time{updates}
            """,
            [("@id", ""), ("@time", ""), .. columns.Select((_, i) => ($"@c{i}", (object)DBNull.Value))]);
        command.Prepare();
        foreach (var result in results)
        {
            command.Parameters[0].Value = result.Id;
            command.Parameters[1].Value = SqliteColumn.Iso(result.EventTime);
            for (var i = 0; i < columns.Count; i++)
            {
                command.Parameters[i + 2].Value = columns[i].ValueOf(result.Value);
            }

            command.ExecuteNonQuery();
        }
    }

    internal static string Quoted(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    internal static void Run(SqliteConnection connection, SqliteTransaction transaction, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = Command(connection, transaction, sql, parameters);
        command.ExecuteNonQuery();
    }

#pragma warning disable CA2100 // The text is made of constants and quoted identifiers; values are parameters.
    internal static SqliteCommand Command(SqliteConnection connection, SqliteTransaction transaction, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = new SqliteCommand(sql, connection, transaction);
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }
#pragma warning restore CA2100
}
