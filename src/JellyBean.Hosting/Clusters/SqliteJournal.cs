using JellyBean.Runtime;
using Microsoft.Data.Sqlite;

namespace JellyBean.Hosting.Clusters;

/// <summary>Keeps a coordinator's copy of what was decided in an SQLite file; what is saved survives a power cut.</summary>
internal sealed class SqliteJournal : IJournalStore
{
    // Held as long as the journal is open: two nodes by mistake with one file would each promise what the other has.
    private readonly FileStream _lock;
    private readonly SqliteConnection _connection;
    private readonly string _path;
    private readonly bool _isNew;

    /// <param name="path">The file; it and its folder are made where they are missing.</param>
    /// <exception cref="SqliteException">The file cannot be used.</exception>
    /// <exception cref="IOException">Another node has it open, or it cannot be reached.</exception>
    public SqliteJournal(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        (_path, _isNew) = (path, !File.Exists(path));
        _lock = new FileStream($"{path}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false }.ToString());
        try
        {
            _connection.Open();
            using var command = _connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; CREATE TABLE IF NOT EXISTS journal (id INTEGER PRIMARY KEY CHECK (id = 1), bytes BLOB NOT NULL);";
            command.ExecuteNonQuery();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public byte[]? Load()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT bytes FROM journal WHERE id = 1;";
        return command.ExecuteScalar() as byte[];
    }

    public void Save(byte[] bytes)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "INSERT INTO journal (id, bytes) VALUES (1, $bytes) ON CONFLICT (id) DO UPDATE SET bytes = excluded.bytes;";
        command.Parameters.AddWithValue("$bytes", bytes);
        command.ExecuteNonQuery();
    }

    /// <summary>Closes the journal of a node that could not start; where it was made for that start, nothing of it is left.</summary>
    public void Discard()
    {
        Dispose();
        if (_isNew)
        {
            File.Delete(_path);
            File.Delete($"{_path}.lock");
        }
    }

    public void Dispose()
    {
        _connection.Dispose();
        _lock.Dispose();
    }
}
