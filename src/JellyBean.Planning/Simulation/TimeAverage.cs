namespace JellyBean.Planning.Simulation;

/// <summary>A value that changes now and then, averaged over time.</summary>
internal sealed class TimeAverage
{
    private double _area;
    private double _from;
    private double _since;

    /// <summary>The value now.</summary>
    public double Value { get; private set; }

    public void Add(double change, double now)
    {
        _area += Value * (now - _since);
        _since = now;
        Value += change;
    }

    public void Set(double value, double now) => Add(value - Value, now);

    /// <summary>Averages from now on.</summary>
    public void Restart(double now) => (_area, _from, _since) = (0, now, now);

    public double Mean(double now) => now > _from ? (_area + (Value * (now - _since))) / (now - _from) : Value;
}
