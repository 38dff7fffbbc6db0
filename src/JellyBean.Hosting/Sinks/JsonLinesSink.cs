using System.Diagnostics;
using System.Text;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Hosting.Sinks;

/// <summary>Appends a line of JSON for each result to a file: <c>{"id":…,"eventTime":…,"value":{…}}</c>.</summary>
/// <remarks>
/// A line that a crash cut off is taken away when the file is opened again. What is written again after a crash appears twice, with the same id. Versions of a workflow that run beside each other may write one file.
/// </remarks>
/// <typeparam name="T">What a result carries; anything that System.Text.Json writes.</typeparam>
/// <param name="path">The file; its folder must be there.</param>
/// <param name="startsEmpty">
/// Whether a run that begins anew begins with an empty file; otherwise earlier lines stay. One that goes on after a crash or on another node, or takes the place of another version, never empties it.
/// </param>
public sealed class JsonLinesSink<T>(string path, bool startsEmpty = false) : ISink<T>
    where T : notnull
{
    // Taken by whoever writes, so that the lines of two versions do not meet; a byte that no file has.
    private const long Turn = long.MaxValue - 1;
    private static readonly TimeSpan MostAwaited = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(10);

    private FileStream? _file;

    /// <inheritdoc />
    public Delivery Delivery => Delivery.AtLeastOnce;

    /// <inheritdoc />
    public Task CheckAsync(CancellationToken cancellationToken)
    {
        // What was not there is not left behind.
        var isNew = !File.Exists(path);
        Open(FileMode.OpenOrCreate).Dispose();
        if (isNew)
        {
            File.Delete(path);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken)
    {
        await OpenAsync(startsEmpty, cancellationToken).ConfigureAwait(false);
        return [];
    }

    /// <inheritdoc />
    public Task ResumeAsync(long epoch, long? snapshot, CancellationToken cancellationToken) => OpenAsync(isEmptied: false, cancellationToken);

    /// <inheritdoc />
    public async Task WriteAsync(SinkBatch<T> batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var file = _file ?? throw new InvalidOperationException("The sink is written before it is opened.");
        var lines = new StringBuilder();
        foreach (var result in batch.Results)
        {
            lines.Append(ResultLine.Text(result)).Append('\n');
        }

        await TakeTurnAsync(file, cancellationToken).ConfigureAwait(false);
        var before = file.Seek(0, SeekOrigin.End);
        try
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(lines.ToString()), cancellationToken).ConfigureAwait(false);
        }
        catch (IOException cause)
        {
            // All of it or nothing: it is tried again.
            file.SetLength(before);
            throw new SinkException($"Results cannot be written to '{path}': {cause.Message} Make room, or name another file.", cause);
        }
        finally
        {
            EndTurn(file);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_file is { } file)
        {
            await file.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task OpenAsync(bool isEmptied, CancellationToken cancellationToken)
    {
        var file = _file = Open(FileMode.OpenOrCreate);
        await TakeTurnAsync(file, cancellationToken).ConfigureAwait(false);
        try
        {
            file.SetLength(isEmptied ? 0 : EndOfLines(file));
        }
        finally
        {
            EndTurn(file);
        }
    }

    private async Task TakeTurnAsync(FileStream file, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        while (!OperatingSystem.IsMacOS())
        {
            try
            {
                file.Lock(Turn, 1);
                return;
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(since) < MostAwaited)
            {
                // Another version writes; nothing tells when it has done.
                await Task.Delay(AskAgain, cancellationToken).ConfigureAwait(false);
            }
            catch (IOException cause)
            {
                throw new SinkException($"The file '{path}' is held by another program: {cause.Message} Name another file.", cause);
            }
        }
    }

    private static void EndTurn(FileStream file)
    {
        if (!OperatingSystem.IsMacOS())
        {
            file.Unlock(Turn, 1);
        }
    }

    private FileStream Open(FileMode mode)
    {
        try
        {
            // Without a buffer: what is written is there, and nothing is left for later.
            return new FileStream(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new SinkException($"The file '{path}' cannot be opened for results: {cause.Message} Name one in a folder that is there and may be written.", cause);
        }
    }

    private static long EndOfLines(FileStream file)
    {
        for (var end = file.Length; end > 0; end--)
        {
            file.Seek(end - 1, SeekOrigin.Begin);
            if (file.ReadByte() == '\n')
            {
                return end;
            }
        }

        return 0;
    }
}
