using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using HdrHistogram;
using JellyBean.Runtime.Envelope;
using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Runtime.Telemetry;

/// <summary>Measures one output: what was written, how late after admission, and how far its sources are settled.</summary>
internal sealed class OutputMeter(OperatorId output)
{
    private readonly Recorder _latency = Distributions.NewRecorder();
    private readonly HistogramBase _latencyTotal = Distributions.NewHistogram();
    private readonly ConcurrentDictionary<SourceId, long> _settled = new();
    private readonly ConcurrentDictionary<SourceId, (Recorder Recorder, HistogramBase Total)> _taken = new();
    private ImmutableHashSet<SourceId> _expected = [];
    private long _results;
    private long _retries;

    /// <summary>Sources whose elements may reach the output: not settled at all until they say so. Those of the plan before are still told of, for it goes on meanwhile.</summary>
    public void Expect(IReadOnlyCollection<SourceId> sources)
    {
        foreach (var source in sources)
        {
            _settled.TryAdd(source, -1);
        }

        foreach (var gone in _settled.Keys.Except(_expected).Except(sources))
        {
            _settled.TryRemove(gone, out _);
            _taken.TryRemove(gone, out _);
        }

        _expected = [.. sources];
    }

    /// <summary>Results written so far.</summary>
    public long Results => Volatile.Read(ref _results);

    /// <summary>What was counted under an earlier plan.</summary>
    public void Restore(long results) => _results = results;

    /// <summary>A result was written.</summary>
    public void Add(Written result, long writtenAt)
    {
        Interlocked.Increment(ref _results);
        _latency.RecordValue(Microseconds(writtenAt - result.AdmittedAt));
        if (result is { Source: { } source, Age: > 0 })
        {
            _taken.GetOrAdd(source, _ => (Distributions.NewRecorder(), Distributions.NewHistogram())).Recorder.RecordValue(Microseconds(writtenAt - result.AdmittedAt + result.Age));
        }
    }

    /// <summary>Sources are settled so far.</summary>
    public void Settled(IReadOnlyList<SourcePosition> positions)
    {
        foreach (var position in positions)
        {
            _settled[position.Source] = position.Number;
        }
    }

    /// <summary>A write was refused and is tried again.</summary>
    public void Retried() => Interlocked.Increment(ref _retries);

    public OutputReport Report() => new(
        output,
        Volatile.Read(ref _results),
        Volatile.Read(ref _retries),
        Distributions.Read(_latency, _latencyTotal, 1000.0),
        [.. _settled.OrderBy(s => s.Key).Select(s => new SettledSource(s.Key, s.Value) { TakenMs = TakenOf(s.Key) })]);

    private Distribution TakenOf(SourceId source) => _taken.TryGetValue(source, out var taken) ? Distributions.Read(taken.Recorder, taken.Total, 1000.0) : Distribution.Empty;

    private static long Microseconds(long ticks) => Math.Clamp((long)(ticks * (1e6 / Stopwatch.Frequency)), 1, Distributions.Most);
}

/// <summary>What a meter must know of a result.</summary>
/// <param name="Source">Of which it is; null where it has come of several elements.</param>
/// <param name="AdmittedAt">As an element's.</param>
/// <param name="Age">As an element's.</param>
internal readonly record struct Written(SourceId? Source, long AdmittedAt, long Age)
{
    public Written(Element element)
        : this(element.Lineage.Contributors.IsEmpty ? element.Lineage.Source : null, element.AdmittedAt, element.Age)
    {
    }
}
