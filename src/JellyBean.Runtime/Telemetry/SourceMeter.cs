using System.Diagnostics;
using HdrHistogram;
using JellyBean.Runtime.Sources;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Runtime.Telemetry;

/// <summary>Counts what a source offers, what its overload policy drops, and what its elements take to make.</summary>
/// <param name="source">The source.</param>
/// <param name="stage">Of its input: a source's useful time is the operator's.</param>
internal sealed class SourceMeter(SourceId source, StageMeter stage)
{
    // Intervals between elements that make up the rate.
    private const double Remembered = 16;

    private readonly Recorder _capture = Distributions.NewRecorder();
    private readonly HistogramBase _captureTotal = Distributions.NewHistogram();

    private long _first;
    private bool _isLive;
    private long _earlier;
    private long _offered;
    private long _dropped;
    private long _busyTicks;
    private long _damageReports;
    private long _shed;
    private long _sampled;
    private long _cutOff;
    private long _lastAt;
    private double _intervalSeconds;
    private BoundSource? _reads;
    private Func<bool>? _isPaused;
    private bool _canDrop;
    private Func<(int Count, long Since)>? _waiting;
    private volatile SourceFault? _fault;
    private volatile bool _ended;

    /// <summary>Where its numbers begin, and what was counted of them under an earlier plan.</summary>
    /// <param name="options">How it is read.</param>
    /// <param name="isLive">Whether it cannot be read again.</param>
    public void Restore(SourceOptions options, bool isLive)
    {
        _first = options.First;
        _earlier = _offered = options.From - _first;
        (_dropped, _sampled, _shed, _isLive) = (options.Dropped, options.Sampled, options.Shed, isLive);
    }

    /// <summary>Numbers are passed by: another version has read them. While the source is held up only.</summary>
    public void Passed(long numbers) => Interlocked.Add(ref _first, numbers);

    /// <summary>What is read: asked how it is doing by whoever reports.</summary>
    /// <param name="read">The source.</param>
    /// <param name="isPaused">Whether it is held up.</param>
    public void Reads(BoundSource read, Func<bool> isPaused) => (_reads, _isPaused) = (read, isPaused);

    /// <summary>The source has offered an element. The reading thread only.</summary>
    public void Offered()
    {
        Interlocked.Increment(ref _offered);
        var (now, last) = (Stopwatch.GetTimestamp(), _lastAt);
        if (last > 0)
        {
            var interval = Stopwatch.GetElapsedTime(last, now).TotalSeconds;
            Volatile.Write(ref _intervalSeconds, _intervalSeconds > 0 ? _intervalSeconds + ((interval - _intervalSeconds) / Remembered) : interval);
        }

        Volatile.Write(ref _lastAt, now);
    }

    /// <summary>An element was let in whose event time is when it was taken, as those of live sources are.</summary>
    /// <returns>How long ago it was taken, in ticks of the stopwatch; 0 of a source that is not live.</returns>
    public long Admitted(DateTimeOffset takenAt)
    {
        if (_reads?.IsReplayable != false)
        {
            return 0;
        }

        var microseconds = Math.Clamp((long)(DateTimeOffset.UtcNow - takenAt).TotalMicroseconds, 1, Distributions.Most);
        _capture.RecordValue(microseconds);
        return microseconds * (Stopwatch.Frequency / 1_000_000);
    }

    public void Dropped() => Interlocked.Increment(ref _dropped);

    /// <summary>An element was dropped because less is let in than is offered. The reading thread only.</summary>
    public void Shed()
    {
        Dropped();
        Volatile.Write(ref _shed, _shed + 1);
    }

    /// <summary>An element was dropped because the overload policy takes only so many per second. The reading thread only.</summary>
    public void Sampled()
    {
        Dropped();
        Volatile.Write(ref _sampled, _sampled + 1);
    }

    /// <summary>An element was dropped because the run was ended at once. The reading thread only.</summary>
    public void CutOff()
    {
        Dropped();
        Volatile.Write(ref _cutOff, _cutOff + 1);
    }

    /// <summary>Where what it has offered waits.</summary>
    /// <param name="canDrop">Whether it drops under overload.</param>
    /// <param name="waiting">How many wait, and since when the oldest does, as a timestamp. Called by whoever reports.</param>
    public void Queues(bool canDrop, Func<(int Count, long Since)> waiting) => (_canDrop, _waiting) = (canDrop, waiting);

    /// <summary>What the source says it has done so far. The reading thread only.</summary>
    public void Worked(SourceWork work)
    {
        var ticks = work.Busy.Ticks;
        if (ticks > _busyTicks)
        {
            stage.Worked(TimeSpan.FromTicks(ticks - _busyTicks));
            Volatile.Write(ref _busyTicks, ticks);
        }

        Volatile.Write(ref _damageReports, work.DamageReports);
    }

    /// <summary>The source has ended, before its time if <paramref name="fault"/> says why.</summary>
    public void Ended(SourceFault? fault)
    {
        _fault = fault;
        _ended = true;
    }

    public SourceReport Report()
    {
        // First: of one that is held up, nothing of what follows grows any more.
        var isPaused = _isPaused?.Invoke() ?? false;
        TimeSpan? sinceLast = Volatile.Read(ref _lastAt) is > 0 and var last ? Stopwatch.GetElapsedTime(last) : null;
        var (waiting, since) = _waiting?.Invoke() ?? default;
        return new(
            source,
            Volatile.Read(ref _offered),
            Volatile.Read(ref _dropped),
            _ended,
            _fault,
            TimeSpan.FromTicks(Volatile.Read(ref _busyTicks)).TotalSeconds,
            Volatile.Read(ref _damageReports))
        {
            Earlier = _earlier,
            First = Volatile.Read(ref _first),
            IsLive = _isLive,
            CanDrop = _canDrop,
            Shed = Volatile.Read(ref _shed),
            Sampled = Volatile.Read(ref _sampled),
            CutOff = Volatile.Read(ref _cutOff),
            PerSecond = PerSecond(sinceLast),
            LastMs = sinceLast?.TotalMilliseconds,
            CaptureMs = Distributions.Read(_capture, _captureTotal, 1000.0),
            Health = _reads?.Health,
            Pace = _reads?.Pace,
            IsPaused = isPaused,
            Waiting = waiting,
            OldestMs = since > 0 ? Stopwatch.GetElapsedTime(since).TotalMilliseconds : 0,
        };
    }

    // Where none has come for longer than usual, that counts.
    private double PerSecond(TimeSpan? sinceLast) =>
        sinceLast is { } age && Volatile.Read(ref _intervalSeconds) is > 0 and var usual && !_ended ? 1 / Math.Max(usual, age.TotalSeconds) : 0;
}
