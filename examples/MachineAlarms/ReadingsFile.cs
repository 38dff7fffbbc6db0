using System.Globalization;
using System.Runtime.CompilerServices;
using JellyBean.Workflows.Inputs;

namespace MachineAlarms;

/// <summary>Reads a CSV file with a line <c>machine,second,temperature,vibration</c> for each reading, without a header.</summary>
/// <param name="name">The source's name.</param>
/// <param name="path">The file.</param>
/// <param name="rate">Readings per second to plan for; null where it is not known.</param>
public sealed class ReadingsFile(string name, string path, double? rate) : ISource<Reading>
{
    /// <inheritdoc />
    public string Name => name;

    /// <inheritdoc />
    public bool IsReplayable => true;

    /// <inheritdoc />
    public double? NominalRate => rate;

    /// <inheritdoc />
    public async IAsyncEnumerable<SourceItem<Reading>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new SourceException($"Readings '{name}': there is no file '{path}'. Correct its uri.");
        }

        var number = 0L;
        var latest = DateTimeOffset.UnixEpoch;
        await foreach (var line in File.ReadLinesAsync(path, cancellationToken))
        {
            var item = Parse(line, latest);
            latest = item.EventTime;
            if (number++ >= from)
            {
                yield return item;
            }
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // A line that is no reading takes a number too: it is counted as failed, and the stream goes on.
    private static SourceItem<Reading> Parse(string line, DateTimeOffset latest) =>
        line.Split(',') is [var machine, var second, var temperature, var vibration]
        && double.TryParse(second, CultureInfo.InvariantCulture, out var seconds)
        && float.TryParse(temperature, CultureInfo.InvariantCulture, out var degrees)
        && float.TryParse(vibration, CultureInfo.InvariantCulture, out var speed)
            ? new SourceItem<Reading>(new Reading(machine, seconds, degrees, speed), DateTimeOffset.UnixEpoch.AddSeconds(seconds))
            : SourceItem<Reading>.Bad($"'{line}' is no reading; expected machine,second,temperature,vibration.", latest);
}
