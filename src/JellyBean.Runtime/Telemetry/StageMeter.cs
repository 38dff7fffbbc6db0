using System.Collections.Immutable;
using System.Diagnostics;
using HdrHistogram;
using JellyBean.Workflows;
using JellyBean.Workflows.Elements;
using JellyBean.Workflows.Graph;

namespace JellyBean.Runtime.Telemetry;

/// <summary>Measures one operator on one worker. Any of the stage's threads writes; reports read at any time.</summary>
internal sealed class StageMeter(OperatorId op, FailureLedger failures)
{
    // Microseconds, up to an hour, to three digits.
    private readonly Recorder _wait = NewRecorder();
    private readonly Recorder _service = NewRecorder();
    private readonly Recorder _batch = NewRecorder();
    private readonly HistogramBase _waitTotal = NewHistogram();
    private readonly HistogramBase _serviceTotal = NewHistogram();
    private readonly HistogramBase _batchTotal = NewHistogram();
    private long _in;
    private long _out;
    private long _failed;
    private long _late;
    private long _batches;
    private long _busyTicks;
    private long _queue;
    private Func<(long Since, long AdmittedAt)>? _oldest;
    private int _instances = 1;
    private long _usualTicks;

    /// <summary>For how long what follows does not ask.</summary>
    public DemandMeter Demand { get; } = new();

    /// <summary>What the workflow watches of the model's answers; null for nothing.</summary>
    public ProxyMeter? Proxy { get; private set; }

    /// <summary>The variant in force.</summary>
    public string? Variant { get; set; }

    /// <summary>The variants that could take its place at once, because they are loaded.</summary>
    public ImmutableArray<string> Ready { get; set; } = [];

    /// <summary>Elements the stage holds.</summary>
    public long Queue
    {
        get => Volatile.Read(ref _queue);
        set => Volatile.Write(ref _queue, value);
    }

    /// <summary>What serves the stage.</summary>
    /// <param name="instances">How many elements or batches are worked on at once.</param>
    /// <param name="oldest">Since when the oldest element waits, and when its source let it in, as timestamps; 0 where none does. Called by whoever reports.</param>
    public void Serves(int instances, Func<(long Since, long AdmittedAt)> oldest) => (_instances, _oldest) = (instances, oldest);

    /// <summary>What is watched of the model's answers: what was before goes on.</summary>
    public void Watches(Watch? watch) => Proxy = watch is null ? null : Proxy ?? new ProxyMeter(watch);

    /// <summary>Marks the start of the work on an element.</summary>
    public WorkStart Start()
    {
        Interlocked.Increment(ref _in);
        return Begin();
    }

    /// <summary>Marks the start of the work on elements that have arrived.</summary>
    public WorkStart Begin() => CoreClock.IsWorthLooking(Volatile.Read(ref _usualTicks)) ? new(CoreClock.Begin(), false) : new(CoreClock.BeginShort(), true);

    /// <summary>Ticks of useful time since a start on the same thread, without those in which the thread was ready but had no core.</summary>
    public long Elapsed(WorkStart started)
    {
        var elapsed = started.IsShort ? CoreClock.ElapsedOfShort(started.Ticks) : CoreClock.Elapsed(started.Ticks);

        // The mean of roughly the last eight; a race between two instances loses one sample, no more.
        var usual = Volatile.Read(ref _usualTicks);
        Volatile.Write(ref _usualTicks, usual == 0 ? elapsed : usual + ((elapsed - usual) / 8));
        return elapsed;
    }

    /// <summary>Marks the end of the work on an element that gave <paramref name="results"/> results.</summary>
    public void Finish(WorkStart started, int results) => Record(Elapsed(started), results);

    /// <summary>An element arrived at a batching stage.</summary>
    public void Arrived() => Interlocked.Increment(ref _in);

    /// <summary>An element waited from <paramref name="arrivedAt"/> until its batch began.</summary>
    public void Waited(long arrivedAt, long startedAt) => _wait.RecordValue(Microseconds(startedAt - arrivedAt));

    /// <summary>A batch ran.</summary>
    /// <param name="ticks">Useful time, with what an emulated machine took longer.</param>
    /// <param name="size">Elements in it.</param>
    /// <param name="results">Elements it answered.</param>
    public void Ran(long ticks, int size, int results)
    {
        Record(ticks, results);
        _batch.RecordValue(size);
    }

    /// <summary>Elements passed without work of their own.</summary>
    public void Passed(int taken, int given)
    {
        Interlocked.Add(ref _in, taken);
        Interlocked.Add(ref _out, given);
    }

    /// <summary>Useful time that is not spent on an element in hand.</summary>
    public void Worked(TimeSpan busy) => Interlocked.Add(ref _busyTicks, (long)(busy.TotalSeconds * Stopwatch.Frequency));

    /// <summary>An element came late.</summary>
    public void Late() => Interlocked.Increment(ref _late);

    /// <summary>An element failed.</summary>
    public void Failed(Lineage lineage, Exception cause)
    {
        Interlocked.Increment(ref _failed);
        failures.Add(op, lineage, cause);
    }

    /// <summary>An element failed because a part of it did, which is logged already.</summary>
    public void Incomplete(Lineage lineage)
    {
        Interlocked.Increment(ref _failed);
        failures.Add(lineage);
    }

    /// <summary>What was measured so far.</summary>
    public StageReport Report()
    {
        var (blocked, share) = Demand.Read();
        var (since, admittedAt) = _oldest?.Invoke() ?? default;
        return Counted() with
        {
            Instances = _instances,
            OldestMs = Milliseconds(since),
            OldestAgeMs = Milliseconds(admittedAt),
            BlockedSeconds = blocked,
            BlockedShare = share,
            Ready = Ready,
            Proxy = Proxy?.Report(),
        };
    }

    private StageReport Counted() => new(
        op,
        Variant,
        Volatile.Read(ref _in),
        Volatile.Read(ref _out),
        Volatile.Read(ref _failed),
        Volatile.Read(ref _late),
        Queue,
        Volatile.Read(ref _batches),
        Volatile.Read(ref _busyTicks) / (double)Stopwatch.Frequency,
        Distributions.Read(_wait, _waitTotal, 1000.0),
        Distributions.Read(_service, _serviceTotal, 1000.0),
        Distributions.Read(_batch, _batchTotal, 1.0));

    private static double Milliseconds(long since) => since > 0 ? Stopwatch.GetElapsedTime(since).TotalMilliseconds : 0;

    private void Record(long ticks, int results)
    {
        Interlocked.Add(ref _busyTicks, ticks);
        Interlocked.Add(ref _out, results);
        Interlocked.Increment(ref _batches);
        _service.RecordValue(Microseconds(ticks));
    }

    private static long Microseconds(long ticks) => Math.Clamp((long)(ticks * (1e6 / Stopwatch.Frequency)), 1, Distributions.Most);

    private static Recorder NewRecorder() => Distributions.NewRecorder();

    private static HistogramBase NewHistogram() => Distributions.NewHistogram();
}

/// <summary>When work began.</summary>
/// <param name="Ticks">On its clock.</param>
/// <param name="IsShort">Whether the work is usually too short to look at what its thread has waited.</param>
internal readonly record struct WorkStart(long Ticks, bool IsShort);
