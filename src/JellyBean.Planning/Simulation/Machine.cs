using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;

namespace JellyBean.Planning.Simulation;

/// <summary>A worker: its cores, and the stations that take turns on them. Whose first element waits longest is next.</summary>
internal sealed class Machine
{
    private readonly EventQueue _events;
    private readonly HostCores? _host;
    private readonly List<Station> _stations = [];
    private readonly int _cores;
    private readonly double _stretch;
    private readonly double _hostPart;
    private int _busy;

    public Machine(WorkerId id, WorkerType type, HostCores? host, EventQueue events)
    {
        (Id, _host, _events) = (id, host, events);

        // Parts of a core are one slower core.
        _cores = HostCores.Whole(type.Cores);
        _stretch = _cores / type.Cores;
        _hostPart = PlanEvaluation.HostFactor(type);
        host?.Add(this);
    }

    public WorkerId Id { get; }

    /// <summary>Part of the cores that is busy.</summary>
    public TimeAverage Utilisation { get; } = new();

    public void Add(Station station) => _stations.Add(station);

    /// <summary>Measures from now on.</summary>
    public void Restart() => Utilisation.Restart(_events.Now);

    /// <summary>Starts what can start.</summary>
    public void Start()
    {
        while (_busy < _cores && _host is not { IsFull: true } && Next() is { } station)
        {
            Run(station);
        }
    }

    /// <summary>Since when the element waits that would be next; infinity where none can start.</summary>
    public double WaitsSince() => _busy < _cores && Next() is { } station ? station.WaitsSince : double.PositiveInfinity;

    private Station? Next()
    {
        Station? next = null;
        foreach (var station in _stations)
        {
            if (station.CanStart && (next is null || station.WaitsSince < next.WaitsSince))
            {
                next = station;
            }
        }

        return next;
    }

    private void Run(Station station)
    {
        var (batch, seconds) = station.Take();
        var run = seconds * _stretch;
        _busy++;
        Utilisation.Add(1.0 / _cores, _events.Now);
        station.BusyCores.Add(1 / _stretch, _events.Now);
        if (_host is not null)
        {
            // Added delay keeps none of the host's cores busy.
            _host.Take();
            _events.At(_events.Now + (run * _hostPart), _host.GiveBack);
        }

        _events.At(_events.Now + run, () =>
        {
            _busy--;
            Utilisation.Add(-1.0 / _cores, _events.Now);
            station.BusyCores.Add(-1 / _stretch, _events.Now);
            station.Finish(batch);
            Start();
        });
    }
}

/// <summary>The cores that the workers of a host share.</summary>
internal sealed class HostCores(double cores)
{
    private readonly int _cores = Whole(cores);
    private readonly List<Machine> _machines = [];
    private int _busy;

    public bool IsFull => _busy >= _cores;

    public static int Whole(double cores) => Math.Max(1, (int)Math.Ceiling(cores - 1e-9));

    public void Add(Machine machine) => _machines.Add(machine);

    public void Take() => _busy++;

    public void GiveBack()
    {
        _busy--;
        while (!IsFull && _machines.MinBy(m => m.WaitsSince()) is { } next && next.WaitsSince() < double.PositiveInfinity)
        {
            next.Start();
        }
    }
}
