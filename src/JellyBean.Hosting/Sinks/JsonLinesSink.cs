using System.Text;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Hosting.Sinks;

/// <summary>Appends a line of JSON for each result to a file: <c>{"id":…,"eventTime":…,"value":{…}}</c>.</summary>
/// <remarks>A line that a crash cut off is taken away when the file is opened again. What is written again after a crash appears twice, with the same id.</remarks>
/// <typeparam name="T">What a result carries; anything that System.Text.Json writes.</typeparam>
/// <param name="path">The file; its folder must be there.</param>
/// <param name="startsEmpty">Whether a run begins with an empty file; otherwise earlier lines stay.</param>
public sealed class JsonLinesSink<T>(string path, bool startsEmpty = false) : ISink<T>
    where T : notnull
{
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
    public Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken)
    {
        _file = Open(startsEmpty ? FileMode.Create : FileMode.OpenOrCreate);
        _file.SetLength(EndOfLines(_file));
        _file.Seek(0, SeekOrigin.End);
        return Task.FromResult<IReadOnlyList<SourcePosition>>([]);
    }

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

        var before = file.Position;
        try
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(lines.ToString()), cancellationToken).ConfigureAwait(false);
            await file.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException cause)
        {
            // All of it or nothing: it is tried again.
            file.SetLength(before);
            throw new SinkException($"Results cannot be written to '{path}': {cause.Message} Make room, or name another file.", cause);
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

    private FileStream Open(FileMode mode)
    {
        try
        {
            return new FileStream(path, mode, FileAccess.ReadWrite, FileShare.Read);
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
