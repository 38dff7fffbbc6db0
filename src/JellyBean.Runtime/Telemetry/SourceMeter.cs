using System.Diagnostics;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Runtime.Telemetry;

/// <summary>Counts what a source offers, what its overload policy drops, and what its elements take to make.</summary>
/// <param name="source">The source.</param>
/// <param name="stage">Of its input: a source's useful time is the operator's.</param>
internal sealed class SourceMeter(SourceId source, StageMeter stage)
{
    private long _earlier;
    private long _offered;
    private long _dropped;
    private long _busyTicks;
    private long _damageReports;
    private long _shed;
    private bool _canDrop;
    private Func<(int Count, long Since)>? _waiting;
    private volatile SourceFault? _fault;
    private volatile bool _ended;

    /// <summary>What was counted under an earlier plan.</summary>
    public void Restore(long offered, long dropped) => (_earlier, _offered, _dropped) = (offered, offered, dropped);

    public void Offered() => Interlocked.Increment(ref _offered);

    public void Dropped() => Interlocked.Increment(ref _dropped);

    /// <summary>An element was dropped because less is let in than is offered. The reading thread only.</summary>
    public void Shed()
    {
        Dropped();
        Volatile.Write(ref _shed, _shed + 1);
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
            CanDrop = _canDrop,
            Shed = Volatile.Read(ref _shed),
            Waiting = waiting,
            OldestMs = since > 0 ? Stopwatch.GetElapsedTime(since).TotalMilliseconds : 0,
        };
    }
}
