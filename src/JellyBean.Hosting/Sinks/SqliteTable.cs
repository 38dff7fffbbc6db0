using JellyBean.Workflows.Outputs;
using Microsoft.Data.Sqlite;

namespace JellyBean.Hosting.Sinks;

/// <summary>The statements of a sink's table.</summary>
internal sealed class SqliteTable(string name, IReadOnlyList<SqliteColumn> columns)
{
    public string Name => name;

    /// <exception cref="SinkException">The table is there with other columns.</exception>
    public void Create(SqliteConnection connection, SqliteTransaction transaction)
    {
        var wanted = (string[])["result_id", "event_time", .. columns.Select(c => c.Name)];
        Run(
            connection, transaction,
            $"CREATE TABLE IF NOT EXISTS {Quoted(name)} (result_id TEXT NOT NULL PRIMARY KEY, event_time TEXT NOT NULL{string.Concat(columns.Select(c => $", {Quoted(c.Name)} {c.Type}"))})");
        var found = ColumnsOf(connection, transaction, name);
        if (!found.ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(wanted))
        {
            throw new SinkException(
                $"Table '{name}' in '{connection.DataSource}' has the columns {string.Join(", ", found)}; expected {string.Join(", ", wanted)}. It comes from another program or version: give another file or table.");
        }
    }

    public void Clear(SqliteConnection connection, SqliteTransaction transaction) => Run(connection, transaction, $"DELETE FROM {Quoted(name)}");

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

    /// <returns>None if there is no such table.</returns>
    internal static IReadOnlyList<string> ColumnsOf(SqliteConnection connection, SqliteTransaction transaction, string table)
    {
        using var command = Command(connection, transaction, "SELECT name FROM pragma_table_info(@table)", ("@table", table));
        using var reader = command.ExecuteReader();
        List<string> found = [];
        while (reader.Read())
        {
            found.Add(reader.GetString(0));
        }

        return found;
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
