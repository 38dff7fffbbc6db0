using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Hosting.CommandLine;
using JellyBean.Runtime;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Hosting.Reports;

/// <summary>How far a run is, in a line: written over once a second where a person watches, else a new one every five seconds.</summary>
/// <param name="terminal">Where news go.</param>
/// <param name="writer">Where the line goes.</param>
/// <param name="elements">What elements are called.</param>
/// <param name="begins">The snapshot that the run begins from; null where it begins anew.</param>
internal sealed class ProgressLine(Terminal terminal, TextWriter writer, string elements, DateTimeOffset? begins = null) : IProgress<RunReport>
{
    private static readonly TimeSpan Looking = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly TimeSpan _every = TimeSpan.FromSeconds(terminal.IsInteractive ? 1 : 5);
    private readonly SourceWatch _watch = new();
    private readonly SnapshotWatch _snapshots = new(elements, begins);
    private readonly Pace _pace = new();
    private TimeSpan _lookedAt;
    private TimeSpan _lastAt;
    private long _epoch;
    private int _width;
    private bool _isDone;

    public void Report(RunReport value) => Show(value.Epoch, value.Elapsed, value.Sources, [.. value.Outputs]);

    /// <summary>Shows how far the run is, if it is time to.</summary>
    /// <param name="epoch">The plan in force.</param>
    /// <param name="elapsed">Since that plan began; another plan, and another coordinator, counts from its own beginning.</param>
    /// <param name="sources">What became of their elements.</param>
    /// <param name="outputs">What they gave.</param>
    public void Show(long epoch, TimeSpan elapsed, ImmutableArray<SourceProgress> sources, ImmutableArray<OutputReport> outputs)
    {
        lock (_lock)
        {
            if (epoch != _epoch || elapsed < _lookedAt)
            {
                (_epoch, _lookedAt, _lastAt) = (epoch, TimeSpan.Zero, TimeSpan.Zero);
            }

            if (_isDone)
            {
                return;
            }

            if (_snapshots.Look(epoch, sources) is { } restored)
            {
                Tell(restored);
            }

            if (elapsed - _lookedAt >= Looking)
            {
                _lookedAt = elapsed;
                foreach (var news in _watch.Look(elapsed, sources))
                {
                    Tell(news);
                }
            }

            if (elapsed - _lastAt < _every)
            {
                return;
            }

            _lastAt = elapsed;
            var line = Line(epoch, elapsed, sources, outputs);
            if (terminal.IsInteractive)
            {
                writer.Write('\r' + line.PadRight(_width));
                _width = line.Length;
            }
            else
            {
                writer.WriteLine(line);
            }

            writer.Flush();
        }
    }

    /// <summary>Says something at once, on standard error and on a line of its own.</summary>
    public void Tell(string message)
    {
        lock (_lock)
        {
            Leave();
            terminal.Error.WriteLine(message);
            terminal.Error.Flush();
        }
    }

    /// <summary>Leaves the line; what is reported later is not shown.</summary>
    public void Finish()
    {
        lock (_lock)
        {
            _isDone = true;
            Leave();
        }
    }

    private void Leave()
    {
        if (_width > 0)
        {
            writer.WriteLine();
            _width = 0;
        }
    }

    private string Line(long epoch, TimeSpan elapsed, ImmutableArray<SourceProgress> sources, ImmutableArray<OutputReport> outputs)
    {
        var (processed, dropped, failed, perSecond) = _pace.Next(epoch, elapsed, sources);
        var rate = perSecond?.ToString("0.0", CultureInfo.InvariantCulture) ?? "-";
        var latency = perSecond is null ? LatencyText.Unknown : LatencyText.Of(outputs);
        return string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds,5:0} s  {processed} {elements} processed, {rate} per second, {dropped} dropped, {failed} failed, {latency}");
    }
}
