namespace JellyBean.Planning.Simulation;

/// <summary>The cores that the workers of a host share; as many as they want where a worker is a machine of its own.</summary>
internal sealed class SharedCores(double cores, EventQueue events)
{
    private readonly double _cores = double.IsFinite(cores) ? Whole(cores) : cores;
    private readonly List<Machine> _machines = [];
    private double _now;
    private long _division;

    public static int Whole(double cores) => Math.Max(1, (int)Math.Ceiling(cores - 1e-9));

    public void Add(Machine machine) => _machines.Add(machine);

    /// <summary>Lets all that runs go on until now.</summary>
    public void Advance()
    {
        var seconds = events.Now - _now;
        _now = events.Now;
        if (seconds > 0)
        {
            _machines.ForEach(m => m.Advance(seconds));
        }
    }

    /// <summary>Divides the cores anew among what runs now, and waits for the first to end.</summary>
    public void Divide()
    {
        var slower = Math.Max(1, _machines.Sum(m => m.HostCores) / _cores);
        var next = double.PositiveInfinity;
        foreach (var machine in _machines)
        {
            next = Math.Min(next, machine.Divide(slower));
        }

        var division = ++_division;
        if (double.IsFinite(next))
        {
            events.At(events.Now + next, () =>
            {
                if (division == _division)
                {
                    Advance();
                    _machines.ForEach(m => m.Finish());
                }
            });
        }
    }
}
