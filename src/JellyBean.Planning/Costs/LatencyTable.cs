using System.Collections.Concurrent;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Costs;

/// <summary>What elements' times at operators and links are made of, for the p99 latency of outputs.</summary>
/// <remarks>
/// Operators that share a worker share its cores alike, as an operating system shares them among threads: an element waits behind others of its operator (<see cref="QueueTail"/>), and its own runs take longer by
/// the turns of other operators there (<see cref="TurnMs"/>), but small ones do not stand behind the queue of a large one. Links send one message after the other. Nobody waits for a batch to fill. Of k operators on the way to an output that take time, with the way to each, each may be late for one element of 100 k; where an element is late with any of n parts, for one of 100 k n.
/// Then no more than one of 100 is late at the output (Boole), however stages depend on each other: a bound, and where many stages share a busy worker a wide one. It counts from the admission of the
/// last element that contributes; at joins and windows event time has to pass that one. How long a window lasts is not in it.
/// </remarks>
public sealed class LatencyTable
{
    /// <summary>The part of elements that may be late.</summary>
    private const double Late = 0.01;

    private readonly PlanningProblem _problem;
    private readonly WorkflowRates _rates;
    private readonly ServiceTable _services;
    private readonly Burstiness _burstiness;
    private readonly Dictionary<OperatorId, double> _tails = [];
    private readonly ConcurrentDictionary<(OperatorId, WorkerTypeId), double> _most = [];
    private readonly ConcurrentDictionary<(OperatorId, OperatorId), bool> _passes = [];

    /// <summary>Reads a problem's profile; the problem must be valid.</summary>
    public LatencyTable(PlanningProblem problem, WorkflowRates rates, ServiceTable services)
    {
        (_problem, _rates, _services) = (problem, rates, services);
        _burstiness = new Burstiness(problem, rates);
        var takeTime = problem.Profile.ServiceTimes.Where(t => t.ServiceMs > 0).Select(t => t.Operator).ToHashSet();
        var most = new Dictionary<OperatorId, int>();
        foreach (var output in problem.Workflow.Operators.OfType<OutputOperator>())
        {
            var way = WayTo(problem.Workflow, output);
            var stages = Math.Max(1, way.Count(takeTime.Contains) + way.Count(id => WaitsForEventTime(problem.Workflow[id])));
            foreach (var op in way)
            {
                most[op] = Math.Max(stages, most.GetValueOrDefault(op));
            }
        }

        foreach (var op in problem.Workflow.Operators)
        {
            _tails[op.Id] = Math.Log(Math.Max(1, most.GetValueOrDefault(op.Id)) * Math.Max(1, rates.PartsPerElement(op.Id)) / Late);
        }
    }

    /// <summary>ln(1 / p), where p is the part of elements that an operator may make late.</summary>
    public double TailOf(OperatorId op) => _tails[op];

    /// <summary>Whether an operator takes elements in the order of event time, so that each waits until nothing earlier can follow.</summary>
    public static bool WaitsForEventTime(Operator op) => op is JoinOperator or WindowOperator;

    /// <summary>Milliseconds that an element waits for event time to pass it: until each source that leads there has given one more. 0 where nothing waits for it.</summary>
    /// <remarks>
    /// That one comes the way that others do, which is counted. Times between elements that come independently are exponential, and as many times as long as elements come in clumps; more evenly,
    /// a part of each is constant and the rest exponential, which gives their variance.
    /// </remarks>
    public double EventTimeMs(Operator op)
    {
        if (!WaitsForEventTime(op) || RatesOfSources(op).DefaultIfEmpty(0).Min() is not (> 0 and var slowest))
        {
            return 0;
        }

        var (tail, burstiness) = (TailOf(op.Id), _problem.Options.Burstiness);
        return 1000 / slowest * (burstiness >= 1 ? tail * burstiness : 1 + (Math.Sqrt(burstiness) * (tail - 1)));
    }

    /// <summary>The operators on the way to another, itself among them.</summary>
    public static HashSet<OperatorId> WayTo(Workflow workflow, Operator end)
    {
        var way = new HashSet<OperatorId> { end.Id };
        foreach (var op in workflow.Operators.Reverse().Where(o => way.Contains(o.Id)))
        {
            way.UnionWith(op.Inputs);
        }

        return way;
    }

    /// <summary>Milliseconds of some runs: all but the part of elements that may be late see no longer ones. 0 where the operator takes no time or nothing is known of that way there.</summary>
    /// <remarks>
    /// Times that were measured are taken as log-normal with their mean and variance, but a long one as no shorter than the measured p99. Runs one after the other are not all long: what is above their
    /// mean grows with the root of their number, as the deviation of a sum does.
    /// </remarks>
    private double RunsMs(Operator op, Way way, WorkerType type, double count)
    {
        if (_services.RunMs(op, way, type) is not (> 0 and var mean))
        {
            return 0;
        }

        var (variation, p99) = _services.Spread(op, way, type);
        var sigma = Math.Sqrt(Math.Log(1 + variation));

        // P(normal > z) ≤ e^(−z² / 2) / 2.
        var z = Math.Sqrt(2 * (TailOf(op.Id) - Math.Log(2)));
        var longest = Math.Max(p99, Math.Exp((sigma * z) - (sigma * sigma / 2)));
        return mean * Stretch(type) * (count + (Math.Sqrt(count) * (longest - 1)));
    }

    /// <summary>Milliseconds that a clump of an operator's elements keeps the whole machine busy: D of <see cref="QueueTail"/>.</summary>
    public double WorkMs(Operator op, Way way, WorkerType type) => _services.RunMs(op, way, type) is { } mean
        ? mean / way.BatchSize / type.Cores * (_burstiness.Taken(op.Id) + (way.BatchSize * _services.Spread(op, way, type).Variation))
        : 0;

    /// <summary>Milliseconds that an element waits behind others of its operator: until a batch that has begun is over, behind those of other sources that came at the same moment, and behind what came before.</summary>
    /// <param name="op">The operator.</param>
    /// <param name="way">How it runs.</param>
    /// <param name="type">On which machine.</param>
    /// <param name="parallelism">Instances side by side.</param>
    /// <param name="decay">Of <see cref="QueueTail"/>, at how busy the machine is.</param>
    internal double WaitMs(Operator op, Way way, WorkerType type, int parallelism, double decay) =>
        BegunMs(op, way, type, parallelism) + BehindMs(op, Narrowing(type, parallelism) * WorkMs(op, way, type), decay);

    /// <summary>Milliseconds that an element waits behind what came before.</summary>
    /// <param name="op">The operator.</param>
    /// <param name="workMs">Time in which all cores do a clump.</param>
    /// <param name="decay">Of <see cref="QueueTail"/>.</param>
    internal double BehindMs(Operator op, double workMs, double decay) => workMs > 0 ? TailOf(op.Id) * decay * workMs : double.IsFinite(decay) ? 0 : decay;

    /// <summary>The part of <see cref="WaitMs"/> that does not depend on how busy the machine is.</summary>
    /// <remarks>
    /// Where elements come more evenly than independently, queues are short, but sources may give theirs at the same moment, and do so again and again: cameras of one rate. Those that came first have
    /// begun a run, and where they are more than go into the next one, others follow.
    /// </remarks>
    public double BegunMs(Operator op, Way way, WorkerType type, int parallelism)
    {
        var (own, others) = (OwnRuns(op, way, type, parallelism), Math.Max(0, RatesOfSources(op).Count() - 1));
        var before = others == 0 ? 0 : HasParts(op) ? others * own : 1 + Math.Floor((others - 1.0) / way.BatchSize);
        var count = (Evenness * before) + (way.BatchSize > 1 ? 1 - Evenness : 0);
        return RunsMs(op, way, type, own + count) - RunsMs(op, way, type, own);
    }

    /// <summary>Milliseconds by which another operator on the same cores makes an element's runs longer.</summary>
    /// <remarks>
    /// Cores are divided alike among all that has something to do (generalised processor sharing: Parekh and Gallager, A generalized processor sharing approach to flow control, 1993), as operating
    /// systems do: while an element is worked on, each other instance gets no more than it does, and no more than it has to do. Where elements come evenly, those that keep the other busy are the ones that
    /// came at the same moment, and if every element passes both operators they are waited for there.
    /// </remarks>
    /// <param name="op">The operator that works on the element.</param>
    /// <param name="ownMs">Of the element.</param>
    /// <param name="other">The other operator.</param>
    /// <param name="type">The machine that the other is on.</param>
    /// <param name="part">The part of the other's time that is spent on the cores in question.</param>
    /// <param name="cores">How many they are.</param>
    public double TurnMs(Operator op, double ownMs, Operator other, WorkerType type, double part, double cores) =>
        (PassesBoth(op.Id, other.Id) ? 1 - Evenness : 1) * Math.Min(ownMs, part * MostMs(other, type)) * ServiceTable.MostParallel(other, type) / Math.Max(1, Math.Ceiling(cores));

    /// <summary>How many times as long a clump takes on as many of a machine's cores as an operator runs on.</summary>
    public static double Narrowing(WorkerType type, int parallelism) => Math.Max(1, Math.Ceiling(type.Cores) / parallelism);

    /// <summary>Milliseconds of an element's own runs: as many as all its parts fill, long ones.</summary>
    public double OwnMs(Operator op, Way way, WorkerType type, int parallelism) => RunsMs(op, way, type, OwnRuns(op, way, type, parallelism));

    private double OwnRuns(Operator op, Way way, WorkerType type, int parallelism) =>
        Math.Max(1, Math.Ceiling(MostParts(op) / (way.BatchSize * Math.Min(parallelism, Math.Ceiling(type.Cores)))));

    /// <summary>Milliseconds that one message of a flow keeps a link busy, with its part of what an expand operator keeps.</summary>
    public static double MessageMs(FlowRate flow, string? variant, TierLink link) =>
        1000 * (flow.MessageBytes(variant) + (flow.KeptBytes / Math.Max(1, flow.Parts))) / link.BytesPerSecond;

    /// <summary>Milliseconds that a clump of a flow's messages keeps a link busy: D of <see cref="QueueTail"/>.</summary>
    public double MessageWorkMs(FlowRate flow, string? variant, TierLink link) => MessageMs(flow, variant, link) * _burstiness.Given(flow.From);

    /// <summary>Milliseconds from one tier to another for all of an element's parts, with nothing before them.</summary>
    public double TransferMs(FlowRate flow, string? variant, TierLink? link)
    {
        var parts = flow.PartsVariance > 0 ? MostParts(flow.Parts, flow.PartsVariance, TailOf(flow.To)) : flow.Parts;
        var bytes = (parts * flow.MessageBytes(variant)) + flow.KeptBytes;
        return ServiceTable.TransferMs(bytes, link) + (link is null ? 0 : Evenness * Math.Max(0, RatesOfSources(_problem.Workflow[flow.To]).Count() - 1) * 1000 * bytes / link.BytesPerSecond);
    }

    /// <summary>Milliseconds of an element's own runs on a machine, the longest of any way.</summary>
    private double MostMs(Operator op, WorkerType type)
    {
        if (!_most.TryGetValue((op.Id, type.Id), out var most))
        {
            _most[(op.Id, type.Id)] = most = _services.WaysOf(op).Select(w => OwnMs(op, w, type, ServiceTable.MostParallel(op, type))).DefaultIfEmpty(0).Max();
        }

        return most;
    }

    /// <summary>1 where elements come evenly, 0 where they come independently or in bursts.</summary>
    private double Evenness => Math.Max(0, 1 - _problem.Options.Burstiness);

    /// <summary>Whether every element that passes an operator passes another, too, before or after.</summary>
    private bool PassesBoth(OperatorId op, OperatorId other) => _passes.GetOrAdd((op, other), static (pair, workflow) =>
    {
        var (before, after) = (new HashSet<OperatorId> { pair.Item1 }, new HashSet<OperatorId> { pair.Item1 });
        foreach (var at in workflow.Operators.Reverse().Where(o => before.Contains(o.Id)))
        {
            before.UnionWith(at.Inputs.Where(i => i != pair.Item2));
        }

        foreach (var at in workflow.Operators.Where(o => o.Id != pair.Item2 && o.Inputs.Any(after.Contains)))
        {
            after.Add(at.Id);
        }

        return !workflow.Operators.Any(o => o is InputOperator && before.Contains(o.Id)) || !workflow.Operators.Any(o => o is OutputOperator && after.Contains(o.Id));
    }, _problem.Workflow);

    private IEnumerable<double> RatesOfSources(Operator op)
    {
        var way = WayTo(_problem.Workflow, op);
        return _problem.Sources.Where(s => s.Rate > 0 && way.Contains(s.Input)).Select(s => s.Rate);
    }

    /// <summary>Parts that all but the part of elements that may be late have at most.</summary>
    private double MostParts(Operator op) =>
        HasParts(op) && _problem.Workflow[op.Inputs[0]] is ExpandOperator expand && _problem.Profile.Outputs.First(o => o.Operator == expand.Id) is var output
            ? MostParts(output.ResultsPerElement, Burstiness.PartsVariance(output), TailOf(op.Id))
            : 1;

    private bool HasParts(Operator op) => op is InferOperator && _problem.Workflow[op.Inputs[0]] is ExpandOperator;

    /// <summary>Bernstein's bound for a sum of small independent parts.</summary>
    private static double MostParts(double mean, double variance, double tail) => variance > 0 ? mean + Math.Sqrt(2 * variance * tail) + (tail / 3) : mean;

    /// <summary>Parts of a core are one slower core.</summary>
    private static double Stretch(WorkerType type) => Math.Ceiling(type.Cores) / type.Cores;
}
