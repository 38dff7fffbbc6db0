using System.Globalization;
using JellyBean.Workflows.Outputs;

namespace MachineAlarms;

/// <summary>A sink of one's own: appends a line for each alarm to a file.</summary>
/// <param name="path">The file.</param>
public sealed class AlarmLines(string path) : ISink<Alarm>
{
    /// <summary>A batch that is written again after a crash appears twice.</summary>
    public Delivery Delivery => Delivery.AtLeastOnce;

    /// <inheritdoc />
    public Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken)
    {
        File.WriteAllText(path, "");
        return Task.FromResult<IReadOnlyList<SourcePosition>>([]);
    }

    /// <inheritdoc />
    public async Task WriteAsync(SinkBatch<Alarm> batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        try
        {
            await File.AppendAllLinesAsync(path, batch.Results.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Value.Machine},{r.Value.Second}")), cancellationToken);
        }
        catch (IOException cause)
        {
            throw new SinkException($"Alarms cannot be written to '{path}': {cause.Message}", cause);
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
