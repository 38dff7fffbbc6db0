using Microsoft.Data.Sqlite;

namespace JellyBean.Hosting.Tests.Sinks;

/// <summary>A database file of one test, deleted with it.</summary>
internal sealed class Database : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("jellybean-sink-").FullName;

    public string Path => PathOf("results.db");

    public string PathOf(string name) => System.IO.Path.Combine(_folder, name);

    /// <summary>The rows that a query gives, values of a row with '|' between.</summary>
    public IReadOnlyList<string> Rows(string query)
    {
        using var connection = Connect();
        using var command = new SqliteCommand(query, connection);
        using var reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "null" : reader.GetString(i))));
        }

        return rows;
    }

    public void Execute(string statement)
    {
        using var connection = Connect();
        using var command = new SqliteCommand(statement, connection);
        command.ExecuteNonQuery();
    }

    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        return connection;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
