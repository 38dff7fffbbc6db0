using System.Reflection;
using System.Text.Json;
using JellyBean.Workflows.Outputs;
using Microsoft.Data.Sqlite;

namespace JellyBean.Hosting.Sinks;

/// <summary>Writes results to a table of an SQLite file: results and settled positions in one transaction, all of a batch or nothing.</summary>
/// <remarks>
/// The table has a column for each public property of <typeparamref name="T"/>, in snake case: numbers, text and booleans as they are, times as ISO text in
/// UTC, everything else as JSON. Besides, <c>result_id</c>, the primary key, by which a result that comes again replaces the earlier one, and
/// <c>event_time</c>. Positions and epochs are in tables of their own, so several sinks may share a file. Not thread-safe; other programs may read meanwhile.
/// </remarks>
/// <typeparam name="T">What a result carries.</typeparam>
public sealed class SqliteSink<T> : ISink<T>
    where T : notnull
{
    private readonly string _path;
    private readonly SqliteSinkOptions _options;
    private readonly SqliteTable _table;
    private SqliteConnection? _connection;
    private long _epoch;

    /// <summary>A sink; opens nothing yet.</summary>
    /// <param name="path">The database file; it and its folder are made where they are missing.</param>
    /// <param name="options">Table and start; defaults unless given.</param>
    /// <exception cref="ArgumentException">Two properties of <typeparamref name="T"/> would share a column, or an option is out of range.</exception>
    public SqliteSink(string path, SqliteSinkOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _path = Path.GetFullPath(path);
        _options = options ?? new SqliteSinkOptions();
        if (_options.LockTimeout < TimeSpan.FromSeconds(1) || _options.LockTimeout > TimeSpan.FromMinutes(10))
        {
            throw new ArgumentException($"{nameof(SqliteSinkOptions.LockTimeout)} is {_options.LockTimeout}; allowed: 1 second to 10 minutes.", nameof(options));
        }

        _table = new SqliteTable(_options.Table ?? SqliteColumn.SnakeCase(typeof(T).Name), SqliteColumn.Of(typeof(T)));
    }

    /// <inheritdoc />
    public Delivery Delivery => Delivery.Transactional;

    /// <inheritdoc />
    /// <remarks>Makes the folder and an empty file where they are missing.</remarks>
    public Task CheckAsync(CancellationToken cancellationToken) => Task.Run(Check, cancellationToken);

    /// <inheritdoc />
    // SQLite has no asynchronous calls: without Task.Run the caller's thread would wait for the disk.
    public Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken) => Task.Run(() => Open(epoch), cancellationToken);

    /// <inheritdoc />
    public Task WriteAsync(SinkBatch<T> batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return Task.Run(() => Write(batch), cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private IReadOnlyList<SourcePosition> Open(long epoch)
    {
        if (_connection is not null)
        {
            throw new InvalidOperationException($"The sink '{_path}' is open already. Open a sink once.");
        }

        var connection = Connect();
        try
        {
            SetJournal(connection);
            var positions = Begin(connection, epoch);
            (_connection, _epoch) = (connection, epoch);
            return positions;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw SqliteFault.Of(_path, e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Does all that opening does but to change anything: its transaction is taken back.</summary>
    private void Check()
    {
        using var connection = Connect();
        try
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            _table.Create(connection, transaction);
        }
        catch (SqliteException e)
        {
            throw SqliteFault.Of(_path, e);
        }
    }

    private SqliteConnection Connect()
    {
        MakeFolder();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = _path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = (int)_options.LockTimeout.TotalSeconds,
        }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw SqliteFault.Of(_path, e);
        }
    }

    private IReadOnlyList<SourcePosition> Begin(SqliteConnection connection, long epoch)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        _table.Create(connection, transaction);
        var stored = _table.ReadEpoch(connection, transaction);
        if (_options.StartsEmpty && epoch <= stored)
        {
            _table.Clear(connection, transaction);
        }
        else if (stored > epoch)
        {
            throw Fenced(epoch, stored);
        }

        _table.WriteEpoch(connection, transaction, epoch);
        var positions = _table.ReadPositions(connection, transaction);
        transaction.Commit();
        return positions;
    }

    private void Write(SinkBatch<T> batch)
    {
        var connection = _connection ?? throw new InvalidOperationException($"The sink '{_path}' is not open. Open it before writing.");
        if (batch.Epoch < _epoch)
        {
            throw Fenced(batch.Epoch, _epoch);
        }

        try
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            var stored = _table.ReadEpoch(connection, transaction);
            if (stored != _epoch)
            {
                throw Fenced(batch.Epoch, stored);
            }

            _table.WriteResults(connection, transaction, batch.Results);
            _table.WritePositions(connection, transaction, batch.Settled);
            transaction.Commit();
        }
        catch (SqliteException e)
        {
            throw SqliteFault.Of(_path, e);
        }
        catch (Exception e) when (e is NotSupportedException or JsonException or TargetInvocationException)
        {
            throw new SinkException($"A result cannot be written to table '{_table.Name}' of '{_path}': {(e.InnerException ?? e).Message} Nothing of the batch was kept.", e);
        }
    }

    private static void SetJournal(SqliteConnection connection)
    {
        // With a write-ahead log, readers do not hold up the writer, and a batch costs one append. At NORMAL a power cut may undo the last
        // transactions as a whole, results with their positions; a crash of the program undoes nothing.
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;";
        command.ExecuteNonQuery();
    }

    private void MakeFolder()
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SinkException($"Results cannot be written to '{_path}': its folder cannot be made ({e.Message}). Give another folder.", e);
        }
    }

    private SinkException Fenced(long epoch, long stored) =>
        new($"Epoch {epoch} may not write table '{_table.Name}' of '{_path}' any more: epoch {stored} does. Another writer took over; end this one.");
}
