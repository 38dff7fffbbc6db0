using System.Collections.Immutable;
using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Sinks;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Sources;
using JellyBean.Runtime.Stages;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Runtime.Compilation;

/// <summary>Draws one worker's part of a plan as an Akka.Streams graph: its operators, wired here or by links to other workers.</summary>
/// <remarks>
/// Invariant of every wire: the elements of one source come in the order of their lineage, each frontier after what it settles. So
/// whatever can reorder, several routes into one operator, parallel instances, joins and windows, is followed by an ordered merge.
/// </remarks>
internal sealed class FragmentCompiler
{
    // Of event time, between the sources of an input on one worker: long enough that no model waits for a decoder's hiccup, short enough to be held by joins.
    private static readonly TimeSpan MostAhead = TimeSpan.FromSeconds(2);

    private readonly Workflow _workflow;
    private readonly Plan _plan;
    private readonly WorkerId _worker;
    private readonly FragmentParts _parts;
    private readonly SourceReach _reach;

    private FragmentCompiler(Workflow workflow, Plan plan, WorkerId worker, FragmentParts parts)
    {
        _workflow = workflow;
        _plan = plan;
        _worker = worker;
        _parts = parts;
        _reach = new SourceReach(workflow, plan);
    }

    /// <summary>Draws the graph. Materialise it once.</summary>
    public static IRunnableGraph<NotUsed> Compile(Workflow workflow, Plan plan, WorkerId worker, FragmentParts parts) =>
        new FragmentCompiler(workflow, plan, worker, parts).Draw();

    private IRunnableGraph<NotUsed> Draw() => RunnableGraph.FromGraph(GraphDsl.Create(graph =>
    {
        var wires = new Dictionary<Wire, Outlet<Item>>();
        foreach (var op in _workflow.Operators)
        {
            if (_plan[op.Id].Instances.FirstOrDefault(i => i.Worker == _worker) is not { } instance)
            {
                continue;
            }

            var inputs = Enumerable.Range(0, op.Inputs.Length).Select(index => DrawInput(graph, op, index, wires)).ToImmutableArray();
            if (op is OutputOperator)
            {
                var meter = _parts.Meters.Output(op.Id);
                meter.Expect(_reach.Of(op.Id, _worker));
                var slot = _parts.Snapshots.Add(SinkState.OwnerOf(op.Id), StateKeys.Of(op.Id));
                var sink = new SinkStage(op.Id, _parts.Sinks[op.Id], _parts.SinksToOpen.GetValueOrDefault(op.Id), _parts.Belongings, meter, slot, _parts.Completion);
                graph.From(inputs[0]).To(graph.Add(sink.Async()));
            }
            else
            {
                DrawConsumers(graph, op, DrawOperator(graph, op, instance, inputs), wires);
            }
        }

        return ClosedShape.Instance;
    }));

    /// <summary>One input of an operator: from the operators here, from links, or both.</summary>
    private Outlet<Item> DrawInput(GraphDsl.Builder<NotUsed> graph, Operator op, int index, Dictionary<Wire, Outlet<Item>> wires)
    {
        var routes = _plan.Routes.Where(r => r.To == op.Id && r.InputIndex == index && r.ToWorker == _worker).OrderBy(r => r.FromWorker).ToList();
        var outlets = routes.Select(route => route.FromWorker == _worker
            ? wires[new Wire(route.From, route.To, route.InputIndex)]
            : graph.Add(new LinkSourceStage(_parts.Links.OpenReceiver(IdOf(route)))).Outlet).ToImmutableArray();
        return Merge(graph, op, $"{op.Id}.routes{index}", TypeOfInput(op, index), outlets, [.. routes.Select(r => _reach.Of(r.From, r.FromWorker))]);
    }

    private Outlet<Item> DrawOperator(GraphDsl.Builder<NotUsed> graph, Operator op, Instance instance, ImmutableArray<Outlet<Item>> inputs)
    {
        var meter = _parts.Meters.Stage(op.Id);
        var sources = _reach.Of(op.Id, _worker);
        switch (op)
        {
            case InputOperator input:
                return DrawSources(graph, input);
            case MergeOperator:
                return Merge(graph, op, op.Id.Value, op.ElementType, inputs, [.. op.Inputs.Select((_, index) => ReachOfInput(op, index))], marksRoute: true);
            case InferOperator:
                return graph.From(inputs[0]).Via(graph.Add(new InferenceStage(_parts.Pools[op.Id], _parts.Completion).Async())).Out;
            case ExpandOperator expand:
                return DrawInstances(graph, op, instance, inputs[0], null, _ => new ExpandStage(expand, meter).Async());
            case StatelessOperator stateless:
                return DrawInstances(graph, op, instance, inputs[0], null, _ => new StatelessStage(stateless, meter));
            case RegroupOperator regroup:
                return DrawInstances(graph, op, instance, inputs[0], null, _ => new RegroupStage(regroup, meter));
            case ProcessOperator process:
                var keyed = Keyed(instance, process.IsPartitionable);
                return DrawInstances(graph, op, keyed, inputs[0], process.KeyOf, i => new ProcessStage(process, meter, Slot("process", op, i, keyed)).Async());
            case WindowOperator window:
                var spread = Keyed(instance, window.IsPartitionable);
                return DrawInstances(
                    graph, op, spread, inputs[0], window.KeyOf, i => new WindowStage(window, TypeOfInput(op, 0), sources, meter, Slot("window", op, i, spread)).Async(), reorders: true);
            case JoinOperator join:
                return DrawJoin(graph, join, Keyed(instance, join.IsPartitionable), inputs);
            default:
                throw new NotSupportedException($"Operator '{op.Id}' is a {op.Kind}, which no stage implements.");
        }
    }

    private Outlet<Item> DrawSources(GraphDsl.Builder<NotUsed> graph, InputOperator input)
    {
        var sources = _plan.Sources.Where(s => s.Input == input.Id && s.Worker == _worker).Select(s => s.Source).Order().ToList();
        var outlets = sources.Select(source =>
        {
            var meters = _parts.Meters;
            var stage = new SourceStage(input.Id, _parts.Readers[source], _parts.Belongings, meters.Stage(input.Id), meters.Source(input.Id, source), meters.Failures, _parts.Snapshots, _parts.Completion);
            return graph.Add(stage).Outlet;
        }).ToImmutableArray();
        if (outlets.Length == 1)
        {
            return outlets[0];
        }

        // Where nothing waits for event time, sources need not wait for each other.
        var waits = _workflow.Operators.Any(op => op is JoinOperator or WindowOperator);
        var merge = graph.Add(new SourceMergeStage(input.Id.Value, [.. sources.Select(s => waits && _parts.Readers[s].Source.IsReplayable)], MostAhead));
        foreach (var (outlet, inlet) in outlets.Zip(merge.Inlets))
        {
            graph.From(outlet).To((Inlet<Item>)inlet);
        }

        return merge.Out;
    }

    /// <summary>An operator with one input, as often as the plan says: divided by key or share, merged in order.</summary>
    private Outlet<Item> DrawInstances(
        GraphDsl.Builder<NotUsed> graph,
        Operator op,
        Instance instance,
        Outlet<Item> input,
        Func<object, string>? keyOf,
        Func<int, IGraph<FlowShape<Item, Item>, NotUsed>> stage,
        bool reorders = false)
    {
        var outlets = Divide(graph, $"{op.Id}.instances", input, instance.Parallelism, keyOf)
            .Select((outlet, i) => graph.From(outlet).Via(graph.Add(stage(i))).Out).ToImmutableArray();
        var sources = _reach.Of(op.Id, _worker);
        return Merge(graph, op, $"{op.Id}.merged", op.ElementType, outlets, [.. outlets.Select(_ => sources)], resequences: reorders);
    }

    private Outlet<Item> DrawJoin(GraphDsl.Builder<NotUsed> graph, JoinOperator join, Instance instance, ImmutableArray<Outlet<Item>> inputs)
    {
        var sides = ImmutableArray.Create(ReachOfInput(join, 0), ReachOfInput(join, 1));
        var left = Divide(graph, $"{join.Id}.left", inputs[0], instance.Parallelism, value => join.KeyOf(isRight: false, value));
        var right = Divide(graph, $"{join.Id}.right", inputs[1], instance.Parallelism, value => join.KeyOf(isRight: true, value));
        var types = ImmutableArray.Create(TypeOfInput(join, 0), TypeOfInput(join, 1));
        var outlets = left.Select((l, i) =>
        {
            var stage = graph.Add(new JoinStage(join, types, sides, _parts.Meters.Stage(join.Id), Slot("join", join, i, instance)).Async());
            graph.From(l).To(stage.In0);
            graph.From(right[i]).To(stage.In1);
            return stage.Out;
        }).ToImmutableArray();
        var sources = _reach.Of(join.Id, _worker);
        return Merge(graph, join, $"{join.Id}.merged", join.ElementType, outlets, [.. outlets.Select(_ => sources)], resequences: true);
    }

    /// <summary>Gives an operator's elements to all that take them: here, over links, to one instance or divided between several.</summary>
    private void DrawConsumers(GraphDsl.Builder<NotUsed> graph, Operator op, Outlet<Item> outlet, Dictionary<Wire, Outlet<Item>> wires)
    {
        var consumers = _plan.Routes.Where(r => r.From == op.Id && r.FromWorker == _worker)
            .GroupBy(r => (r.To, r.InputIndex)).OrderBy(g => g.Key.To).ThenBy(g => g.Key.InputIndex).ToList();
        var branches = ImmutableArray.Create(outlet);
        if (consumers.Count > 1)
        {
            var branch = graph.Add(new BranchStage($"{op.Id}.branch", consumers.Count));
            graph.From(outlet).To(branch.In);
            branches = [.. Enumerable.Range(0, consumers.Count).Select(branch.Out)];
        }

        foreach (var (consumer, branch) in consumers.Zip(branches))
        {
            var targets = consumer.OrderBy(r => r.ToWorker).ToImmutableArray();
            foreach (var (route, end) in targets.Zip(Divide(graph, $"{op.Id}.to.{consumer.Key.To}", branch, TableOf(_workflow[consumer.Key.To], targets))))
            {
                if (route.ToWorker == _worker)
                {
                    wires[new Wire(route.From, route.To, route.InputIndex)] = end;
                }
                else
                {
                    var link = IdOf(route);
                    graph.From(end).To(graph.Add(new LinkSinkStage(_parts.Links.OpenSender(link), _parts.Completion, _parts.Snapshots.Add($"link {link}", null), _parts.Meters.Link(link))));
                }
            }
        }
    }

    private ImmutableArray<Outlet<Item>> Divide(GraphDsl.Builder<NotUsed> graph, string name, Outlet<Item> outlet, int instances, Func<object, string>? keyOf) =>
        Divide(graph, name, outlet, new RouteTable(_plan.Epoch, [.. Enumerable.Repeat(1.0 / instances, instances)], keyOf));

    private static ImmutableArray<Outlet<Item>> Divide(GraphDsl.Builder<NotUsed> graph, string name, Outlet<Item> outlet, RouteTable table)
    {
        if (table.Shares.Length == 1)
        {
            return [outlet];
        }

        var route = graph.Add(new RouteStage(name, table));
        graph.From(outlet).To(route.In);
        return [.. Enumerable.Range(0, table.Shares.Length).Select(route.Out)];
    }

    private Outlet<Item> Merge(
        GraphDsl.Builder<NotUsed> graph,
        Operator op,
        string name,
        Type type,
        ImmutableArray<Outlet<Item>> outlets,
        ImmutableArray<ImmutableHashSet<SourceId>> sources,
        bool marksRoute = false,
        bool resequences = false)
    {
        if (outlets.Length == 1 && !marksRoute && !resequences)
        {
            return outlets[0];
        }

        var mayHold = marksRoute || resequences;
        var slot = _parts.Snapshots.Add($"order {name}", mayHold && StateKeys.Holds(op) ? StateKeys.Of(op.Id) : null);
        var merge = graph.Add(new OrderedMergeStage(name, sources, marksRoute, type, slot, mayHold, Inherits(op.Id)));
        for (var i = 0; i < outlets.Length; i++)
        {
            graph.From(outlets[i]).To(merge.In(i));
        }

        return merge.Out;
    }

    // Of several workers that go on with the same, the first one that a source's elements may come to.
    private ImmutableHashSet<SourceId> Inherits(OperatorId op) =>
        [.. _reach.Of(op, _worker).Where(source => _plan[op].Instances.Select(i => i.Worker).Where(w => _reach.Of(op, w).Contains(source)).Min() == _worker)];

    private StateSlot Slot(string kind, Operator op, int instance, Instance of) =>
        _parts.Snapshots.Add($"{kind} {op.Id}", StateKeys.Of(op.Id), instance, of.Parallelism, KeyRange.Of(_plan[op.Id], _worker));

    private Type TypeOfInput(Operator op, int index) => _workflow[op.Inputs[index]].ElementType;

    private ImmutableHashSet<SourceId> ReachOfInput(Operator op, int index) =>
        _plan.Routes.Where(r => r.To == op.Id && r.InputIndex == index && r.ToWorker == _worker)
            .Aggregate(ImmutableHashSet<SourceId>.Empty, (all, route) => all.Union(_reach.Of(route.From, route.FromWorker)));

    private LinkId IdOf(PlannedRoute route) => new(_plan.Epoch, route.From, route.To, route.InputIndex, route.FromWorker, route.ToWorker);

    private static Instance Keyed(Instance instance, bool isPartitionable) => isPartitionable ? instance : instance with { Parallelism = 1 };

    /// <summary>How the elements for one consumer divide between workers: by key where it remembers, else by rate.</summary>
    /// <exception cref="NotSupportedException">It remembers, and its keys cannot be on these workers.</exception>
    private RouteTable TableOf(Operator op, ImmutableArray<PlannedRoute> targets)
    {
        var placement = _plan[op.Id];
        if (placement.Instances.Length == 1 || !StateKeys.IsWholeByKey(op))
        {
            return new RouteTable(_plan.Epoch, Shares(targets), null);
        }

        if (op is not ProcessOperator { IsPartitionable: true } process)
        {
            throw new NotSupportedException($"Operator '{op.Id}' is on workers {string.Join(", ", placement.Instances.Select(i => i.Worker))}; a {op.Kind} that remembers across keys, or waits for event time, must be on one. Plan it there.");
        }

        ImmutableArray<KeyRange> ranges = [.. targets.Select(t => KeyRange.Of(placement, t.ToWorker))];
        return ranges.Sum(r => r.To - r.From) == KeyGroup.Count
            ? new RouteTable(_plan.Epoch, Shares(targets), process.KeyOf) { Ranges = ranges }
            : throw new NotSupportedException($"Operator '{op.Id}' has keys on workers {string.Join(", ", placement.Instances.Select(i => i.Worker))}, but '{targets[0].From}' on '{_worker}' has routes to {string.Join(", ", targets.Select(t => t.ToWorker))} only. Give it one to each.");
    }

    /// <summary>How the elements for one consumer divide between workers: by planned rate, evenly where the plan expects none.</summary>
    private static ImmutableArray<double> Shares(ImmutableArray<PlannedRoute> targets)
    {
        var total = targets.Sum(r => r.Rate);
        return [.. targets.Select(r => total > 0 ? r.Rate / total : 1.0 / targets.Length)];
    }

    /// <summary>A connection inside the fragment.</summary>
    private readonly record struct Wire(OperatorId From, OperatorId To, int InputIndex);
}
