using System.Reflection;
using System.Text.Json;
using JellyBean.Workflows.Outputs;
using Microsoft.Data.Sqlite;

namespace JellyBean.Hosting.Sinks;

/// <summary>Writes results to a table of an SQLite file: results and settled positions in one transaction, all of a batch or nothing.</summary>
/// <remarks>
/// The table has a column for each public property of <typeparamref name="T"/>, in snake case: numbers, text and booleans as they are, times as ISO text in
/// UTC, everything else as JSON. Besides, <c>result_id</c>, the primary key, by which a result that comes again replaces the earlier one, and
/// <c>event_time</c>. Positions and epochs are in tables of their own, by who writes: several sinks may share a file, and several versions of a workflow a table, each going on and
/// back for itself. Not thread-safe; other programs may read meanwhile.
/// Results show as soon as they are written. A run that goes on after a crash first takes back those behind its last snapshot, which then come again.
/// </remarks>
/// <typeparam name="T">What a result carries.</typeparam>
public sealed class SqliteSink<T> : ITransactionalSink<T>
    where T : notnull
{
    private readonly string _path;
    private readonly SqliteSinkOptions _options;
    private readonly SqliteTable _table;
    private SqliteWriter _writer;
    private SqliteUndo _undo;
    private SqliteConnection? _connection;
    private long _epoch;

    // The last snapshot that was pre-committed: what is written now may have to be taken back to it. Nobody goes back behind the first.
    private long _after;

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
        (_writer, _undo) = BooksOf("");
    }

    /// <inheritdoc />
    public Delivery Delivery => Delivery.Transactional;

    /// <inheritdoc />
    public void WrittenBy(SinkWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        (_writer, _undo) = BooksOf(writer.ToString());
    }

    /// <inheritdoc />
    /// <remarks>Makes the folder and an empty file where they are missing.</remarks>
    public Task CheckAsync(CancellationToken cancellationToken) => Task.Run(Check, cancellationToken);

    /// <inheritdoc />
    // SQLite has no asynchronous calls: without Task.Run the caller's thread would wait for the disk.
    public Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken) =>
        Task.Run(() => Open(connection => Begin(connection, epoch)), cancellationToken);

    /// <inheritdoc />
    public Task ResumeAsync(long epoch, long? snapshot, CancellationToken cancellationToken) =>
        Task.Run(() => Open(connection => GoOn(connection, epoch, snapshot)), cancellationToken);

    /// <inheritdoc />
    public Task WriteAsync(SinkBatch<T> batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return Task.Run(() => Write(batch), cancellationToken);
    }

    /// <inheritdoc />
    public Task PreCommitAsync(long snapshot, CancellationToken cancellationToken) => Task.Run(() => PreCommit(snapshot), cancellationToken);

    /// <inheritdoc />
    public Task CommitAsync(long snapshot, CancellationToken cancellationToken) =>
        Task.Run(() => Change(_epoch, (connection, transaction) => _undo.Forget(connection, transaction, snapshot)), cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private (SqliteWriter Writer, SqliteUndo Undo) BooksOf(string name)
    {
        var writer = new SqliteWriter(_table.Name, name);
        return (writer, new SqliteUndo(writer));
    }

    private TOpened Open<TOpened>(Func<SqliteConnection, TOpened> begin)
    {
        if (_connection is not null)
        {
            throw new InvalidOperationException($"The sink '{_path}' is open already. Open a sink once.");
        }

        var connection = Connect();
        try
        {
            SetJournal(connection);
            var opened = begin(connection);
            _connection = connection;
            return opened;
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
            Create(connection, transaction);
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

            // Where two outputs are tables of one file, one waits for the other now and then: SQLite looks again after 1, 2, 5 ms and so on, its driver alone after 150.
            SQLitePCL.raw.sqlite3_busy_timeout(connection.Handle, (int)_options.LockTimeout.TotalMilliseconds);
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
        Create(connection, transaction);
        if (_options.StartsEmpty)
        {
            _table.Clear(connection, transaction);
            SqliteBooks.Clear(connection, transaction, _table.Name);
        }

        Enter(connection, transaction, epoch);
        _undo.Clear(connection, transaction);
        var positions = _writer.ReadPositions(connection, transaction);
        transaction.Commit();
        (_epoch, _after) = (epoch, 0);
        return positions;
    }

    private bool GoOn(SqliteConnection connection, long epoch, long? back)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        Create(connection, transaction);
        Enter(connection, transaction, epoch);
        if (back is { } snapshot)
        {
            GoBack(connection, transaction, snapshot);
        }
        else
        {
            _undo.Clear(connection, transaction);
        }

        transaction.Commit();
        (_epoch, _after) = (epoch, back ?? 0);
        return true;
    }

    private void GoBack(SqliteConnection connection, SqliteTransaction transaction, long snapshot)
    {
        var known = _writer.ReadSnapshot(connection, transaction);
        if (known < snapshot)
        {
            var last = known == 0 ? "none" : $"{known} as the last";
            throw new SinkException($"Table '{_table.Name}' of '{_path}' cannot go back to snapshot {snapshot}: it knows {last}. Give the file that the run wrote, or begin anew.");
        }

        _undo.TakeBack(connection, transaction, snapshot);

        // Some are of results that were taken back; the sources tell theirs again.
        _writer.ClearPositions(connection, transaction);
    }

    private void Create(SqliteConnection connection, SqliteTransaction transaction)
    {
        _table.Create(connection, transaction);
        SqliteBooks.Create(connection, transaction);
    }

    private void Enter(SqliteConnection connection, SqliteTransaction transaction, long epoch)
    {
        _writer.Enter(connection, transaction);
        if (_writer.ReadEpoch(connection, transaction) is var stored && stored > epoch)
        {
            throw Fenced(epoch, stored);
        }

        _writer.WriteEpoch(connection, transaction, epoch);
    }

    private void Write(SinkBatch<T> batch)
    {
        try
        {
            Change(batch.Epoch, (connection, transaction) =>
            {
                _table.WriteResults(connection, transaction, batch.Results);
                _undo.Add(connection, transaction, _after, batch.Results);
                _writer.WritePositions(connection, transaction, batch.Settled);

                // The plan that took the place of the one before goes on with this sink.
                if (batch.Epoch > _epoch)
                {
                    _writer.WriteEpoch(connection, transaction, batch.Epoch);
                }
            });
            _epoch = batch.Epoch;
        }
        catch (Exception e) when (e is NotSupportedException or JsonException or TargetInvocationException)
        {
            throw new SinkException($"A result cannot be written to table '{_table.Name}' of '{_path}': {(e.InnerException ?? e).Message} Nothing of the batch was kept.", e);
        }
    }

    private void PreCommit(long snapshot)
    {
        // The write-ahead log reaches the disk up to here: a snapshot must outlive a power cut.
        SetSynchronous("FULL");
        try
        {
            Change(_epoch, (connection, transaction) => _writer.WriteSnapshot(connection, transaction, snapshot));
        }
        finally
        {
            SetSynchronous("NORMAL");
        }

        _after = snapshot;
    }

    /// <summary>Does something in a transaction of its own, if the epoch may still write.</summary>
    private void Change(long epoch, Action<SqliteConnection, SqliteTransaction> change)
    {
        var connection = Connection;
        if (epoch < _epoch)
        {
            throw Fenced(epoch, _epoch);
        }

        try
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            var stored = _writer.ReadEpoch(connection, transaction);
            if (stored != _epoch)
            {
                throw Fenced(epoch, stored);
            }

            change(connection, transaction);
            transaction.Commit();
        }
        catch (SqliteException e)
        {
            throw SqliteFault.Of(_path, e);
        }
    }

    private void SetSynchronous(string level)
    {
        using var command = Connection.CreateCommand();
        command.CommandText = level == "FULL" ? "PRAGMA synchronous = FULL;" : "PRAGMA synchronous = NORMAL;";
        command.ExecuteNonQuery();
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

    private SqliteConnection Connection => _connection ?? throw new InvalidOperationException($"The sink '{_path}' is not open. Open it before writing.");

    private SinkException Fenced(long epoch, long stored) => stored == 0
        ? new($"Epoch {epoch} may not write table '{_table.Name}' of '{_path}' any more: another run has begun anew and emptied it. End this one.")
        : new($"Epoch {epoch} may not write table '{_table.Name}' of '{_path}' any more: epoch {stored} does. Another writer took over; end this one.");
}
