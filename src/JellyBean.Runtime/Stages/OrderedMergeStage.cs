using System.Collections.Immutable;
using Akka.Streams;
using Akka.Streams.Stage;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Snapshots;
using JellyBean.Workflows;
using JellyBean.Workflows.Elements;
using MessagePack;

namespace JellyBean.Runtime.Stages;

/// <summary>Merges routes, or resequences one, so that each source's elements come in the order of their lineage again.</summary>
/// <remarks>
/// An element is given once every route that its source may come by has settled its number. Holds what waits for a slower route, so no
/// more than the stages on that route hold. It has no bound of its own: a route may hold back one source until another, which comes by
/// the route that would be stopped, goes on. A route at a barrier waits for the others: that is bounded by what sources give between the first barrier and the
/// last. Completes when all routes have and everything is given.
/// </remarks>
internal sealed class OrderedMergeStage : GraphStage<UniformFanInShape<Item, Item>>
{
    private const int MostGiven = 16;
    private readonly ImmutableArray<ImmutableHashSet<SourceId>> _sources;
    private readonly bool _marksRoute;
    private readonly Type _type;
    private readonly StateSlot _slot;
    private readonly bool _mayHold;
    private readonly ImmutableHashSet<SourceId> _inherits;

    /// <param name="name">For the shape's ports.</param>
    /// <param name="sources">For each route, the sources whose elements may come by it.</param>
    /// <param name="marksRoute">Whether an element's lineage gains the route's place: the routes are different flows.</param>
    /// <param name="type">What the routes carry.</param>
    /// <param name="slot">Its place in snapshots.</param>
    /// <param name="mayHold">Whether something may wait when all routes are at a barrier; where they are instances of one flow, each has settled the same by then.</param>
    /// <param name="inherits">The sources whose elements that waited before it began, in any place like it, wait here now.</param>
    public OrderedMergeStage(string name, ImmutableArray<ImmutableHashSet<SourceId>> sources, bool marksRoute, Type type, StateSlot slot, bool mayHold, ImmutableHashSet<SourceId> inherits)
    {
        _inherits = inherits;
        _mayHold = mayHold;
        _type = type;
        _slot = slot;
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

        private readonly PriorityQueue<Element, Lineage> _waiting = new(ByPlace);

        // By route; what a route never brings stays null and is not looked at.
        private readonly Frontier?[] _frontiers = new Frontier?[routes.IsEmpty ? 0 : routes.Max() + 1];
        private readonly HashSet<int> _unheard = [.. routes];
        private readonly List<int> _open = [.. routes];
        private Frontier? _given;
        private long _settled = routes.IsEmpty ? long.MaxValue : -1;

        /// <summary>Whether the plan is without this source: what it gave before may still be on its way, and nothing follows that it could wait for.</summary>
        public bool IsLeftOut => routes.IsEmpty;

        /// <summary>What waits for its number to be settled.</summary>
        public IEnumerable<Element> Waiting => _waiting.UnorderedItems.Select(w => w.Element);

        public void Add(Element element) => _waiting.Enqueue(element, element.Lineage);

        public void Settle(Frontier frontier, int route)
        {
            _frontiers[route] = frontier;
            _unheard.Remove(route);
            Settle();
        }

        public void Close(int route)
        {
            if (_open.Remove(route))
            {
                _unheard.Remove(route);
                Settle();
            }
        }

        public bool TryTake(out Element element)
        {
            if (_waiting.TryPeek(out element!, out var lineage) && lineage.Number <= _settled)
            {
                _waiting.Dequeue();
                return true;
            }

            return false;
        }

        /// <summary>The frontier of all routes together, if it says more than the last one given.</summary>
        public Frontier? Advance()
        {
            if (_unheard.Count > 0 || _open.Count == 0)
            {
                return null;
            }

            var (eventTicks, watermark, isIdle) = (long.MaxValue, long.MaxValue, true);
            foreach (var route in _open)
            {
                var frontier = _frontiers[route]!;
                eventTicks = Math.Min(eventTicks, frontier.EventTicks);
                watermark = Math.Min(watermark, frontier.Watermark);
                isIdle &= frontier.IsIdle;
            }

            // A route on which the source is idle does not hold back the others.
            eventTicks = isIdle ? eventTicks : watermark;
            if (_given is { } last && last.Number == _settled && last.EventTicks == eventTicks && last.IsIdle == isIdle)
            {
                return null;
            }

            return _given = new Frontier(source, _settled, eventTicks, isIdle);
        }

        private void Settle()
        {
            _settled = long.MaxValue;
            foreach (var route in _open)
            {
                _settled = Math.Min(_settled, _frontiers[route]?.Number ?? -1);
            }
        }
    }

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly OrderedMergeStage _stage;
        private readonly ImmutableArray<Inlet<Item>> _ins;
        private readonly Dictionary<SourceId, SourceOrder> _orders = [];
        private readonly Queue<Item> _given = new();
        private readonly Alignment _alignment;
        private int _open;
        private bool _isReady;

        public Logic(OrderedMergeStage stage)
            : base(stage.Shape)
        {
            _stage = stage;
            _ins = [.. stage.Shape.Inlets.Cast<Inlet<Item>>()];
            _open = _ins.Length;
            _alignment = new Alignment(_open);
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
            _stage._slot.Restore(Begin, FailStage, GetAsyncCallback);
        }

        public override void OnPull() => Advance();

        private void Begin(ImmutableArray<StatePiece> pieces)
        {
            foreach (var piece in pieces)
            {
                StateFormat.Read(piece, Read);
            }

            // Routes that have ended meanwhile are looked at now.
            _isReady = true;
            for (var route = 0; route < _ins.Length; route++)
            {
                if (IsClosed(_ins[route]))
                {
                    OnFinish(route);
                }
            }

            Advance();
        }

        private void OnPush(int route)
        {
            switch (Grab(_ins[route]))
            {
                case Element element:
                    if (_stage._marksRoute)
                    {
                        element.Lineage = element.Lineage.Child(route);
                    }

                    Order(element);
                    break;
                case Frontier frontier:
                    var order = _orders[frontier.Source];
                    order.Settle(frontier, route);
                    Release(order);
                    break;
                case SnapshotBarrier barrier:
                    Align(_alignment.Arrive(route, barrier.Snapshot));
                    return;
            }

            Advance();
        }

        private void Order(Element element)
        {
            var source = element.Lineage.Source;
            if (!_orders.TryGetValue(source, out var order))
            {
                _orders[source] = order = new SourceOrder(source, []);
            }

            order.Add(element);
            if (order.IsLeftOut)
            {
                Release(order);
            }
        }

        private void Align(long? snapshot)
        {
            if (snapshot is { } number)
            {
                _stage._slot.Give(number, StateFormat.Version, () => StateFormat.Write(this, Write));
                _given.Enqueue(new SnapshotBarrier(number));
            }

            Advance();
        }

        private void OnFinish(int route)
        {
            if (!_isReady)
            {
                return;
            }

            _open--;

            // After a switch, its elements go on coming, under the next plan.
            if (!_alignment.HasSwitched(route))
            {
                foreach (var order in _orders.Values)
                {
                    order.Close(route);
                    Release(order);
                }
            }

            Align(_alignment.Close(route));
        }

        private void Release(SourceOrder order)
        {
            while (order.TryTake(out var element))
            {
                _given.Enqueue(element);
            }

            if (order.Advance() is { } frontier)
            {
                _given.Enqueue(frontier);
            }
        }

        private void Advance()
        {
            if (!_isReady)
            {
                return;
            }

            if (IsAvailable(_stage.Shape.Out) && _given.TryDequeue(out var item))
            {
                Push(_stage.Shape.Out, item);
            }

            if (_given.Count == 0 && _open == 0)
            {
                _stage._slot.Leave();
                CompleteStage();
                return;
            }

            if (_given.Count >= MostGiven)
            {
                return;
            }

            for (var route = 0; route < _ins.Length; route++)
            {
                if (!IsClosed(_ins[route]) && !HasBeenPulled(_ins[route]) && !_alignment.Holds(route))
                {
                    Pull(_ins[route]);
                }
            }
        }

        private static void Write(ref MessagePackWriter writer, Logic logic)
        {
            var waiting = logic._orders.Values.SelectMany(order => order.Waiting).ToList();
            if (waiting.Count > 0 && !logic._stage._mayHold)
            {
                // Another plan may have no such merge: its elements would be lost without a word.
                throw new InvalidOperationException($"{waiting.Count} elements wait, as {waiting[0].Lineage}, although every route is at the barrier.");
            }

            writer.WriteArrayHeader(waiting.Count);
            foreach (var element in waiting)
            {
                StateFormat.Write(ref writer, element, logic._stage._type, logic._stage._slot);
            }
        }

        private int Read(ref MessagePackReader reader)
        {
            var count = reader.ReadArrayHeader();
            for (var i = 0; i < count; i++)
            {
                var element = StateFormat.Read(ref reader, _stage._type, _stage._slot);
                if (_stage._inherits.Contains(element.Lineage.Source))
                {
                    Order(element);
                }
            }

            return count;
        }
    }
}
