namespace JellyBean.Runtime.Telemetry;

/// <summary>Adds up for how long nobody asks for what could be given: of the instances of a stage, or of a link. They write without locks; reports read.</summary>
internal sealed class DemandMeter
{
    // A share over less says little.
    private const long Window = 1000;

    private readonly Lock _gate = new();
    private readonly List<DemandClock> _clocks = [];
    private readonly Func<long> _now;
    private long _before;
    private double _seconds;
    private long _windowBegan;
    private double _windowSeconds;
    private double _share;

    /// <param name="now">Milliseconds, as the clocks are told them; those of the system unless given.</param>
    public DemandMeter(Func<long>? now = null)
    {
        _now = now ?? (static () => Environment.TickCount64);
        _windowBegan = _now();
    }

    /// <summary>For one instance, which closes it when it ends.</summary>
    public DemandClock Open()
    {
        lock (_gate)
        {
            Count(_now());
            var clock = new DemandClock();
            _clocks.Add(clock);
            return clock;
        }
    }

    /// <summary>An instance has ended.</summary>
    public void Close(DemandClock clock)
    {
        lock (_gate)
        {
            var now = _now();
            Count(now);
            if (_clocks.Remove(clock))
            {
                _before -= clock.Milliseconds(now);
            }
        }
    }

    /// <summary>Seconds without demand so far, the mean of the instances that there were; and their part of the last second or so.</summary>
    public (double Seconds, double Share) Read()
    {
        lock (_gate)
        {
            var now = _now();
            Count(now);
            if (now - _windowBegan >= Window)
            {
                _share = Math.Clamp((_seconds - _windowSeconds) * 1000 / (now - _windowBegan), 0, 1);
                (_windowBegan, _windowSeconds) = (now, _seconds);
            }

            return (_seconds, _share);
        }
    }

    private void Count(long now)
    {
        var all = 0L;
        foreach (var clock in _clocks)
        {
            all += clock.Milliseconds(now);
        }

        // A clock that is read while it is written may be off by an interval, and the next time by as much the other way.
        _seconds += Math.Max(0, all - _before) / 1000.0 / Math.Max(1, _clocks.Count);
        _before = Math.Max(_before, all);
    }
}
