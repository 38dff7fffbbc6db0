using JellyBean.Workflows;

namespace JellyBean.Runtime.Telemetry;

/// <summary>Counts what a source offers and what its overload policy drops.</summary>
internal sealed class SourceMeter(SourceId source)
{
    private long _offered;
    private long _dropped;
    private volatile string? _fault;
    private volatile bool _ended;

    public void Offered() => Interlocked.Increment(ref _offered);

    public void Dropped() => Interlocked.Increment(ref _dropped);

    /// <summary>The source has ended, before its time if <paramref name="fault"/> says why.</summary>
    public void Ended(string? fault)
    {
        _fault = fault;
        _ended = true;
    }

    public SourceReport Report() => new(source, Volatile.Read(ref _offered), Volatile.Read(ref _dropped), _ended, _fault);
}
