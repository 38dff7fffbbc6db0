namespace JellyBean.Runtime.Control.Adaptation;

/// <summary>Something measured that leads to a question when it is too much twice in a row; to another one only once it is a tenth more than when it was asked last.</summary>
/// <param name="most">More is too much.</param>
internal sealed class Pressure(double most)
{
    private const double Growth = 1.1;

    private double _value;
    private double _asked;
    private int _times;

    /// <summary>Whether it is time to ask.</summary>
    public bool IsOn => _times >= 2;

    public void Measured(double value)
    {
        _value = value;
        _times = value > Math.Max(most, Growth * _asked) ? _times + 1 : 0;
    }

    /// <summary>It is asked, for whatever reason: what was measured is known to whoever answers.</summary>
    public void Asked() => (_asked, _times) = (_value, 0);

    /// <summary>Another plan is in force.</summary>
    public void Clear() => (_value, _asked, _times) = (0, 0, 0);
}
