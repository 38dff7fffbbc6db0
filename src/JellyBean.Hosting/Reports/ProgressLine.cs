using System.Globalization;
using JellyBean.Hosting.CommandLine;
using JellyBean.Runtime;

namespace JellyBean.Hosting.Reports;

/// <summary>How far a run is, in a line: written over once a second where a person watches, else a new one every five seconds.</summary>
internal sealed class ProgressLine(Terminal terminal, TextWriter writer, string elements) : IProgress<RunReport>
{
    private readonly Lock _lock = new();
    private readonly TimeSpan _every = TimeSpan.FromSeconds(terminal.IsInteractive ? 1 : 5);
    private readonly SourceWatch _watch = new();
    private TimeSpan _lastAt;
    private long _lastProcessed;
    private long _epoch;
    private int _width;
    private bool _isDone;

    public void Report(RunReport value)
    {
        lock (_lock)
        {
            if (value.Epoch != _epoch)
            {
                // Another plan counts from its own beginning.
                (_epoch, _lastAt, _lastProcessed) = (value.Epoch, TimeSpan.Zero, 0);
            }

            if (_isDone || value.Elapsed - _lastAt < _every)
            {
                return;
            }

            foreach (var news in _watch.Look(value))
            {
                Leave();
                terminal.Error.WriteLine(news);
            }

            var processed = value.Sources.Sum(s => s.Processed);
            var line = Line(value, processed, (processed - _lastProcessed) / (value.Elapsed - _lastAt).TotalSeconds);
            (_lastAt, _lastProcessed) = (value.Elapsed, processed);
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

    private string Line(RunReport report, long processed, double perSecond)
    {
        var latencies = report.Outputs.Select(o => o.LatencyMs).ToList();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Elapsed.TotalSeconds,5:0} s  {processed} {elements} processed, {perSecond:0.0} per second, {report.Sources.Sum(s => s.Dropped)} dropped, {report.Sources.Sum(s => s.Failed)} failed, p50 {latencies.Select(l => l.P50).DefaultIfEmpty(0).Max():0} ms, p99 {latencies.Select(l => l.P99).DefaultIfEmpty(0).Max():0} ms");
    }
}
