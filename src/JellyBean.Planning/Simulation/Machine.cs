using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;

namespace JellyBean.Planning.Simulation;

/// <summary>A worker: its cores, which all that runs there shares alike, as an operating system shares them among threads.</summary>
internal sealed class Machine
{
    /// <summary>Seconds of a run that are rounding.</summary>
    private const double Rounding = 1e-9;

    private readonly EventQueue _events;
    private readonly SharedCores _shared;
    private readonly List<Station> _stations = [];
    private readonly List<Run> _running = [];
    private readonly int _cores;
    private readonly double _stretch;
    private readonly double _hostPart;
    private double _rate;

    public Machine(WorkerId id, WorkerType type, SharedCores shared, EventQueue events)
    {
        (Id, _shared, _events) = (id, shared, events);

        // Parts of a core are one slower core.
        _cores = SharedCores.Whole(type.Cores);
        _stretch = _cores / type.Cores;
        _hostPart = PlanEvaluation.HostFactor(type);
        shared.Add(this);
    }

    public WorkerId Id { get; }

    /// <summary>Part of the cores that is busy.</summary>
    public TimeAverage Utilisation { get; } = new();

    /// <summary>Cores of the host that what runs here would keep busy, were it alone: added delay keeps none busy.</summary>
    public double HostCores => Math.Min(_running.Count, _cores) * _hostPart;

    public void Add(Station station) => _stations.Add(station);

    /// <summary>Measures from now on.</summary>
    public void Restart() => Utilisation.Restart(_events.Now);

    /// <summary>Starts what can start: an instance that is free waits for no core.</summary>
    public void Start()
    {
        _shared.Advance();
        var before = _running.Count;
        foreach (var station in _stations)
        {
            while (station.CanStart)
            {
                var (batch, seconds) = station.Take();
                _running.Add(new Run(station, batch) { Left = seconds * _stretch });
            }
        }

        if (_running.Count > before)
        {
            _shared.Divide();
        }
    }

    /// <summary>Lets runs go on for a time at the rate that they have.</summary>
    public void Advance(double seconds) => _running.ForEach(r => r.Left -= seconds * _rate);

    /// <summary>Divides the cores anew.</summary>
    /// <param name="slower">How many times as long work takes on the host because others work there, too.</param>
    /// <returns>Seconds until the next run ends; infinity where nothing runs.</returns>
    public double Divide(double slower)
    {
        _rate = _running.Count == 0 ? 0 : Math.Min(1, (double)_cores / _running.Count) / ((_hostPart * slower) + 1 - _hostPart);
        Utilisation.Set(_rate * _running.Count / _cores, _events.Now);
        foreach (var station in _stations)
        {
            station.BusyCores.Set(_running.Count(r => r.Station == station) * _rate / _stretch, _events.Now);
        }

        return _running.Count == 0 ? double.PositiveInfinity : Math.Max(0, _running.Min(r => r.Left)) / _rate;
    }

    /// <summary>Ends the runs that are over.</summary>
    public void Finish()
    {
        var over = _running.FindAll(r => r.Left <= Rounding);
        if (over.Count > 0)
        {
            _running.RemoveAll(over.Contains);
            over.ForEach(r => r.Station.Finish(r.Batch));
            Start();
            _shared.Divide();
        }
    }

    private sealed class Run(Station station, (Token Token, double Since)[] batch)
    {
        public Station Station => station;

        public (Token Token, double Since)[] Batch => batch;

        /// <summary>Seconds that are left on a core of its own.</summary>
        public double Left { get; set; }
    }
}
