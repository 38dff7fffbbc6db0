using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Simulation;

/// <summary>One simulated run of a plan.</summary>
internal sealed class PlanSimulation
{
    /// <summary>The part of the elements that fills the system before anything is measured.</summary>
    private const double WarmUp = 0.1;

    private readonly PlanningProblem _problem;
    private readonly Plan _plan;
    private readonly SimulationOptions _options;
    private readonly EventQueue _events = new();
    private readonly Random _random;
    private readonly PlanNetwork _network;
    private readonly Streams _streams;
    private readonly Lanes _lanes;
    private readonly Dictionary<OperatorId, double> _resultsPerElement;
    private readonly Dictionary<(OperatorId, long), Token> _halves = [];
    private readonly Dictionary<OperatorId, OutputTally> _outputs;
    private readonly Dictionary<OperatorId, EventTimeGate> _gates;
    private readonly double _end;
    private readonly double _start;
    private long _admitted;

    public PlanSimulation(PlanningProblem problem, Plan plan, SimulationOptions options)
    {
        (_problem, _plan, _options) = (problem, plan, options);
        _random = new Random(options.Seed);
        _streams = new Streams(problem);
        _lanes = new Lanes(problem, plan, _streams, _random);
        _network = new PlanNetwork(problem, plan, _events, _random);
        _end = options.Elements / problem.Sources.Sum(s => s.Rate);
        _start = WarmUp * _end;
        _resultsPerElement = problem.Profile.Outputs.GroupBy(o => o.Operator).ToDictionary(g => g.Key, g => g.First().ResultsPerElement);
        _outputs = problem.Workflow.Operators.OfType<OutputOperator>().ToDictionary(o => o.Id, _ => new OutputTally(_start, _end));
        _gates = problem.Workflow.Operators.Where(LatencyTable.WaitsForEventTime).ToDictionary(o => o.Id, GateBefore);
        foreach (var station in _network.Stations)
        {
            station.Finished = OnFinished;
        }
    }

    public SimulationResult Run()
    {
        foreach (var group in _streams.Groups)
        {
            Begin([.. group]);
        }

        _events.RunTo(_start);
        _network.Restart();
        _admitted = 0;
        var waitingBefore = _network.Waiting;
        _events.RunTo(_end);
        var seconds = _end - _start;
        var measured = new SimulationResult
        {
            Seconds = seconds,
            AdmittedPerSecond = _admitted / seconds,
            QueueGrowthPerSecond = (_network.Waiting - waitingBefore) / seconds,
            Outputs = [],
            Stages = [.. _network.Stations.Select(s => new SimulatedStage(
                s.Operator.Id, s.Instance.Worker, s.TakenSinceRestart / seconds, s.BusyCores.Mean(_end), s.MeanBatch, s.Inside.Mean(_end), 1000 * s.MeanStaySeconds, s.MostWaiting))],
            Workers = [.. _network.Machines.Select(m => new SimulatedWorker(m.Id, m.Utilisation.Mean(_end)))],
            Links = [.. _network.Wires.Where(w => w.Bytes > 0).Select(w => new SimulatedLink(w.Link.From, w.Link.To, w.Bytes / seconds, Math.Min(1, w.Bytes / seconds / w.Link.BytesPerSecond)))],
        };

        // What was admitted in time is followed to its end, but overload is not waited for.
        _events.RunTo(2 * _end);
        return measured with { Outputs = [.. _outputs.OrderBy(o => o.Key).Select(o => new SimulatedOutput(o.Key, o.Value.InTime / seconds, o.Value.Summary()))] };
    }

    /// <summary>Lets a stream's elements arrive, one after the other.</summary>
    private void Begin(int[] sources)
    {
        var demands = sources.Select(i => _problem.Sources[i]).ToList();
        var stations = demands.ConvertAll(d => _network[d.Input, _plan.Sources.First(s => s.Source == d.Source).Worker]);
        var workers = demands.GroupBy(d => d.Input).ToDictionary(g => g.Key, g => stations[demands.IndexOf(g.First())].Instance.Worker);
        var process = _options.ArrivalsOf.GetValueOrDefault(demands[0].Source, _options.Arrivals);
        var times = process.Times(demands[0].Rate, new Random(HashCodeOf(_options.Seed, sources[0]))).GetEnumerator();
        ArriveNext(0);

        void ArriveNext(long number)
        {
            if (!times.MoveNext() || times.Current > _end)
            {
                Tell(double.PositiveInfinity);
            }
            else
            {
                _events.At(times.Current, () =>
                {
                    var token = new Token(_events.Now, sources[0], number) { Lane = _lanes.Draw(workers) };
                    foreach (var station in stations)
                    {
                        _admitted++;
                        station.Arrive(token);
                    }

                    Tell(_events.Now);
                    ArriveNext(number + 1);
                });
            }
        }

        void Tell(double time)
        {
            foreach (var gate in _gates.Values)
            {
                gate.Given(sources[0], time);
            }
        }
    }

    private EventTimeGate GateBefore(Operator op)
    {
        var way = LatencyTable.WayTo(_problem.Workflow, op);
        return new EventTimeGate(_streams.Groups.Where(g => g.Any(i => way.Contains(_problem.Sources[i].Input))).Select(g => g.First()), _events);
    }

    /// <summary>Each stream has random numbers of its own, so that changing one leaves the others as they are.</summary>
    private static int HashCodeOf(int seed, int stream) => unchecked((seed * 486187739) + ((stream + 1) * 16777619));

    private void OnFinished(Station station, Token token)
    {
        switch (station.Operator)
        {
            case OutputOperator output:
                _outputs[output.Id].Add(token.Admitted, _events.Now);
                break;
            case ExpandOperator:
                Divide(station, token);
                break;
            case JoinOperator join when _streams.Pairs(join.Id):
                if (_halves.Remove((join.Id, token.Number), out var other))
                {
                    Give(station, token with { Admitted = Math.Max(token.Admitted, other.Admitted) }, 2 * _resultsPerElement[join.Id]);
                }
                else
                {
                    _halves.Add((join.Id, token.Number), token);
                }

                break;
            default:
                Give(station, token, _resultsPerElement[station.Operator.Id]);
                break;
        }
    }

    private void Give(Station station, Token token, double mean)
    {
        // As many whole results as the mean, and now and then one more.
        var count = (int)Math.Floor(mean);
        count += mean > count && _random.NextDouble() < mean - count ? 1 : 0;
        for (var i = 0; i < count; i++)
        {
            Send(station, token);
        }
    }

    private void Divide(Station station, Token whole)
    {
        var count = Poisson(_resultsPerElement[station.Operator.Id]);
        if (count == 0)
        {
            // What was kept comes alone.
            var (regroup, over) = _network.RegroupOf(station);
            Carry(over, _network.KeptBytes(station.Operator.Id), () => regroup.Arrive(whole));
            return;
        }

        var parts = new Parts(whole, count);
        for (var i = 0; i < count; i++)
        {
            Send(station, whole with { PartOf = parts });
        }
    }

    private void Send(Station station, Token token)
    {
        foreach (var fork in _network.ForksOf(station))
        {
            var (to, over) = fork.Choose(token);
            Carry(over, fork.BytesPerResult, () => Arrive(to, token));
        }
    }

    private static void Carry(Wire? over, double bytes, Action arrives)
    {
        if (over is null)
        {
            arrives();
        }
        else
        {
            over.Send(bytes, arrives);
        }
    }

    private void Arrive(Station station, Token token)
    {
        if (_gates.TryGetValue(station.Operator.Id, out var gate))
        {
            gate.Arrive(token, station.Arrive);
        }
        else if (station.Operator is not RegroupOperator)
        {
            station.Arrive(token);
        }
        else if (--token.PartOf!.Left == 0)
        {
            station.Arrive(token.PartOf.Whole);
        }
    }

    /// <summary>Counts the exponential steps that fit into the mean.</summary>
    private int Poisson(double mean)
    {
        var count = -1;
        for (var at = 0.0; at <= mean; at -= Math.Log(1 - _random.NextDouble()))
        {
            count++;
        }

        return count;
    }
}
