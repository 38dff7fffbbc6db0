using System.Collections.Immutable;
using Akka.Streams;
using Akka.Streams.Stage;
using JellyBean.Runtime.Envelope;
using JellyBean.Workflows;
using JellyBean.Workflows.Elements;

namespace JellyBean.Runtime.Stages;

/// <summary>Merges routes, or resequences one, so that each source's elements come in the order of their lineage again.</summary>
/// <remarks>
/// An element is given once every route that its source may come by has settled its number. Holds what waits for a slower route: beyond
/// <see cref="MostWaiting"/> elements of one route it takes only from the routes that the others wait for, so it is bounded by what the
/// stages before it hold. Completes when all routes have and everything is given.
/// </remarks>
internal sealed class OrderedMergeStage : GraphStage<UniformFanInShape<Item, Item>>
{
    private const int MostWaiting = 256;
    private const int MostGiven = 16;
    private readonly ImmutableArray<ImmutableHashSet<SourceId>> _sources;
    private readonly bool _marksRoute;

    /// <param name="name">For the shape's ports.</param>
    /// <param name="sources">For each route, the sources whose elements may come by it.</param>
    /// <param name="marksRoute">Whether an element's lineage gains the route's place: the routes are different flows.</param>
    public OrderedMergeStage(string name, ImmutableArray<ImmutableHashSet<SourceId>> sources, bool marksRoute)
    {
        _sources = sources;
        _marksRoute = marksRoute;
        Shape = new UniformFanInShape<Item, Item>(
            new Outlet<Item>($"{name}.out"), [.. Enumerable.Range(0, sources.Length).Select(i => new Inlet<Item>($"{name}.in{i}"))]);
    }

    public override UniformFanInShape<Item, Item> Shape { get; }

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    /// <summary>One source's elements, from all routes.</summary>
    private sealed class SourceOrder(SourceId source, ImmutableArray<int> routes)
    {
        private static readonly Comparer<Lineage> ByPlace = Comparer<Lineage>.Create((a, b) => a.CompareWithin(b));

        private readonly PriorityQueue<(Element Element, int Route), Lineage> _waiting = new(ByPlace);
        private readonly Dictionary<int, Frontier?> _frontiers = routes.ToDictionary(r => r, _ => (Frontier?)null);
        private Frontier? _given;

        public bool HasWaiting => _waiting.Count > 0;

        private long Settled => _frontiers.Values.Min(f => f?.Number ?? -1);

        public void Add(Element element, int route) => _waiting.Enqueue((element, route), element.Lineage);

        public void Settle(Frontier frontier, int route) => _frontiers[route] = frontier;

        public void Close(int route)
        {
            if (_frontiers.ContainsKey(route))
            {
                _frontiers[route] = new Frontier(source, long.MaxValue, Frontier.Ended);
            }
        }

        /// <summary>Whether what waits, waits for this route.</summary>
        public bool IsHeldBackBy(int route) => HasWaiting && _frontiers.TryGetValue(route, out var frontier) && (frontier?.Number ?? -1) == Settled;

        public bool TryTake(out Element element, out int route)
        {
            if (_waiting.TryPeek(out var first, out var lineage) && lineage.Number <= Settled)
            {
                _waiting.Dequeue();
                (element, route) = first;
                return true;
            }

            (element, route) = (null!, -1);
            return false;
        }

        /// <summary>The frontier of all routes together, if it says more than the last one given.</summary>
        public Frontier? Advance()
        {
            if (_frontiers.Values.Any(f => f is null))
            {
                return null;
            }

            var open = _frontiers.Values.Where(f => f!.Number != long.MaxValue).ToList();
            if (open.Count == 0)
            {
                return null;
            }

            var next = new Frontier(source, open.Min(f => f!.Number), open.Min(f => f!.EventTicks), open.TrueForAll(f => f!.IsIdle));
            if (_given is { } last && last.Number == next.Number && last.EventTicks == next.EventTicks && last.IsIdle == next.IsIdle)
            {
                return null;
            }

            return _given = next;
        }
    }

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly OrderedMergeStage _stage;
        private readonly ImmutableArray<Inlet<Item>> _ins;
        private readonly Dictionary<SourceId, SourceOrder> _orders = [];
        private readonly Queue<Item> _given = new();
        private readonly int[] _waiting;
        private int _open;

        public Logic(OrderedMergeStage stage)
            : base(stage.Shape)
        {
            _stage = stage;
            _ins = [.. stage.Shape.Inlets.Cast<Inlet<Item>>()];
            _waiting = new int[_ins.Length];
            _open = _ins.Length;
            foreach (var source in stage._sources.SelectMany(s => s).Distinct())
            {
                _orders[source] = new SourceOrder(source, [.. Enumerable.Range(0, _ins.Length).Where(i => stage._sources[i].Contains(source))]);
            }

            for (var i = 0; i < _ins.Length; i++)
            {
                var route = i;
                SetHandler(_ins[i], onPush: () => OnPush(route), onUpstreamFinish: () => OnFinish(route));
            }

            SetHandler(stage.Shape.Out, this);
        }

        public override void PreStart()
        {
            foreach (var inlet in _ins)
            {
                Pull(inlet);
            }
        }

        public override void OnPull() => Advance();

        private void OnPush(int route)
        {
            switch (Grab(_ins[route]))
            {
                case Element element:
                    if (_stage._marksRoute)
                    {
                        element.Lineage = element.Lineage.Child(route);
                    }

                    _waiting[route]++;
                    _orders[element.Lineage.Source].Add(element, route);
                    Release(element.Lineage.Source);
                    break;
                case Frontier frontier:
                    _orders[frontier.Source].Settle(frontier, route);
                    Release(frontier.Source);
                    break;
            }

            Advance();
        }

        private void OnFinish(int route)
        {
            _open--;
            foreach (var (source, order) in _orders)
            {
                order.Close(route);
                Release(source);
            }

            Advance();
        }

        private void Release(SourceId source)
        {
            var order = _orders[source];
            while (order.TryTake(out var element, out var route))
            {
                _waiting[route]--;
                _given.Enqueue(element);
            }

            if (order.Advance() is { } frontier)
            {
                _given.Enqueue(frontier);
            }
        }

        private void Advance()
        {
            if (IsAvailable(_stage.Shape.Out) && _given.TryDequeue(out var item))
            {
                Push(_stage.Shape.Out, item);
            }

            if (_given.Count == 0 && _open == 0)
            {
                CompleteStage();
                return;
            }

            if (_given.Count >= MostGiven)
            {
                return;
            }

            for (var i = 0; i < _ins.Length; i++)
            {
                if (!IsClosed(_ins[i]) && !HasBeenPulled(_ins[i]) && (_waiting[i] < MostWaiting || HoldsBackOthers(i)))
                {
                    Pull(_ins[i]);
                }
            }
        }

        private bool HoldsBackOthers(int route)
        {
            foreach (var order in _orders.Values)
            {
                if (order.IsHeldBackBy(route))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
