using System.Collections.Immutable;
using Akka.Streams;
using Akka.Streams.Stage;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.EventTime;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Elements;
using JellyBean.Workflows.Graph;
using MessagePack;

namespace JellyBean.Runtime.Stages;

/// <summary>Pairs elements of two flows by key and event time. Gives pairs in the order of event time; resequence behind it.</summary>
/// <remarks>
/// Holds the elements that event time has not passed, and those within the join's span behind it. When it holds more than
/// <see cref="MostWaiting"/> of a side that wait, it takes only from the side that the others wait for. A side at a barrier waits for the other. Completes
/// when both sides have and all pairs are given.
/// </remarks>
internal sealed class JoinStage : GraphStage<FanInShape<Item, Item, Item>>
{
    private const int MostWaiting = 4096;
    private const int MostGiven = 16;
    private const int FirstRightPlace = 1 << 30;
    private readonly JoinOperator _op;
    private readonly ImmutableArray<ImmutableHashSet<SourceId>> _sources;
    private readonly ImmutableArray<Type> _types;
    private readonly StageMeter _meter;
    private readonly StateSlot _slot;

    /// <param name="op">What is joined.</param>
    /// <param name="types">What each side carries.</param>
    /// <param name="sources">For each side, the sources whose elements may come by it.</param>
    /// <param name="meter">Measures it.</param>
    /// <param name="slot">Its place in snapshots.</param>
    public JoinStage(JoinOperator op, ImmutableArray<Type> types, ImmutableArray<ImmutableHashSet<SourceId>> sources, StageMeter meter, StateSlot slot)
    {
        _op = op;
        _types = types;
        _sources = sources;
        _meter = meter;
        _slot = slot;
        Left = new Inlet<Item>($"{op.Id}.left");
        Right = new Inlet<Item>($"{op.Id}.right");
        Out = new Outlet<Item>($"{op.Id}.out");
        Shape = new FanInShape<Item, Item, Item>(Out, Left, Right);
    }

    public Inlet<Item> Left { get; }

    public Inlet<Item> Right { get; }

    public Outlet<Item> Out { get; }

    public override FanInShape<Item, Item, Item> Shape { get; }

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly JoinStage _stage;
        private readonly JoinOperator _op;
        private readonly StageMeter _meter;
        private readonly Inlet<Item>[] _ins;
        private readonly EventOrder _order;
        private readonly Dictionary<string, Partners> _partners = new(StringComparer.Ordinal);
        private readonly Queue<Item> _given = new();
        private readonly Alignment _alignment = new(2);
        private readonly DemandClock _demand;
        private bool _isReady;

        // What partners are kept of, oldest first.
        private readonly Queue<(Element Element, int Side, string Key)> _kept = new();
        private readonly Action<Frontier> _give;

        public Logic(JoinStage stage)
            : base(stage.Shape)
        {
            _stage = stage;
            _op = stage._op;
            _meter = stage._meter;
            _demand = _meter.Demand.Open();
            _order = new EventOrder(stage._sources, _op.Late);
            _ins = [stage.Left, stage.Right];
            _give = _given.Enqueue;
            for (var i = 0; i < _ins.Length; i++)
            {
                var side = i;
                SetHandler(_ins[i], onPush: () => OnPush(side), onUpstreamFinish: () => Align(_alignment.Close(side)));
            }

            SetHandler(stage.Out, this);
        }

        public override void PreStart() => _stage._slot.Restore(
            pieces =>
            {
                Restore(pieces);
                _isReady = true;
                Advance();
            },
            FailStage,
            GetAsyncCallback);

        public override void PostStop() => _meter.Demand.Close(_demand);

        public override void OnPull()
        {
            _demand.End();
            Advance();
        }

        private void OnPush(int side)
        {
            switch (Grab(_ins[side]))
            {
                case Element element:
                    if (!_order.Add(side, element))
                    {
                        _meter.Late();
                    }

                    break;
                case Frontier frontier:
                    _order.Settle(side, frontier);
                    Release();
                    break;
                case SnapshotBarrier barrier:
                    Align(_alignment.Arrive(side, barrier.Snapshot));
                    return;
            }

            Advance();
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

        private void Release()
        {
            while (_order.TryTake(out var side, out var element))
            {
                var started = _meter.Start();
                var before = _given.Count;
                Join(side, element);
                _meter.Finish(started, _given.Count - before);
            }

            _order.Advance(static _ => long.MaxValue, _give);
            _meter.Queue = _order.Count;
        }

        private void Join(int side, Element element)
        {
            Forget(element.EffectiveTicks - _op.Within.Ticks);
            string key;
            try
            {
                key = _op.KeyOf(side == 1, element.Value);
            }
            catch (Exception cause)
            {
                _meter.Failed(element.Lineage, cause);
                return;
            }

            var partners = PartnersOf(key);

            // An element that comes by both sides goes on counting its places. Its right side may be another instance's, with another key,
            // so the right side's places begin where the left side's cannot come to.
            var place = side == 0 ? 0 : FirstRightPlace;
            foreach (var other in partners.Of(1 - side))
            {
                var (left, right) = side == 0 ? (element, other) : (other, element);
                if (Pair(left, right, element, place))
                {
                    place++;
                }
            }

            Keep(element, side, key, partners);
        }

        private void Keep(Element element, int side, string key, Partners partners)
        {
            partners.Of(side).Enqueue(element);
            _kept.Enqueue((element, side, key));
        }

        private Partners PartnersOf(string key)
        {
            if (!_partners.TryGetValue(key, out var partners))
            {
                _partners[key] = partners = new Partners();
            }

            return partners;
        }

        /// <summary>Lets go of elements that no partner can come for any more, and of keys that have no others.</summary>
        private void Forget(long before)
        {
            while (_kept.TryPeek(out var oldest) && oldest.Element.EffectiveTicks < before)
            {
                _kept.Dequeue();
                if (_partners.TryGetValue(oldest.Key, out var partners) && partners.Forget(before))
                {
                    _partners.Remove(oldest.Key);
                }
            }
        }

        /// <summary>Gives the pair's result, at the place of the later of the two; a pair whose functions throw fails alone.</summary>
        /// <returns>Whether there is one.</returns>
        private bool Pair(Element left, Element right, Element later, int place)
        {
            object? result;
            try
            {
                if (!_op.TryJoin(left.Value, right.Value, out result))
                {
                    return false;
                }
            }
            catch (Exception cause)
            {
                _meter.Failed(later.Lineage, cause);
                return false;
            }

            var joined = later.Derive(Lineage.Joined(later.Lineage, place, [left.Lineage, right.Lineage], 0), result!);
            joined.EventTicks = later.EffectiveTicks;
            joined.AdmittedAt = Math.Max(left.AdmittedAt, right.AdmittedAt);
            _given.Enqueue(joined);
            return true;
        }

        private void Advance()
        {
            if (!_isReady)
            {
                return;
            }

            if (IsAvailable(_stage.Out) && _given.TryDequeue(out var item))
            {
                Push(_stage.Out, item);
            }

            if (_given.Count > 0)
            {
                _demand.Begin();
            }

            if (_given.Count == 0 && IsClosed(_stage.Left) && IsClosed(_stage.Right))
            {
                _stage._slot.Leave();
                CompleteStage();
                return;
            }

            if (_given.Count >= MostGiven)
            {
                return;
            }

            for (var side = 0; side < _ins.Length; side++)
            {
                if (!IsClosed(_ins[side]) && !HasBeenPulled(_ins[side]) && !_alignment.Holds(side) && HasRoomFor(side))
                {
                    Pull(_ins[side]);
                }
            }
        }

        // What comes before a barrier that the other side waits for is bounded, too.
        private bool HasRoomFor(int side) => _order.Count < MostWaiting || _order.IsHeldBackBy(side) || _alignment.Awaits(side);

        private static void Write(ref MessagePackWriter writer, Logic logic)
        {
            writer.WriteArrayHeader(3);
            writer.Write(logic._order.Passed);
            writer.WriteArrayHeader(logic._kept.Count);
            foreach (var (element, side, _) in logic._kept)
            {
                logic.Write(ref writer, element, side);
            }

            writer.WriteArrayHeader(logic._order.Count);
            foreach (var (side, element) in logic._order.Waiting)
            {
                logic.Write(ref writer, element, side);
            }
        }

        private void Write(ref MessagePackWriter writer, Element element, int side)
        {
            writer.WriteArrayHeader(2);
            writer.Write(side);
            StateFormat.Write(ref writer, element, _stage._types[side], _stage._slot);
        }

        private void Restore(ImmutableArray<StatePiece> pieces)
        {
            // Of several instances, where there were as many: their elements are older and younger than each other's.
            var kept = new List<(int Side, Element Element)>();
            foreach (var piece in pieces)
            {
                kept.AddRange(StateFormat.Read(piece, Read));
            }

            foreach (var (side, element) in kept.OrderBy(k => k.Element.EffectiveTicks).ThenBy(k => k.Element.Lineage).ThenBy(k => k.Side))
            {
                var key = _op.KeyOf(side == 1, element.Value);
                if (_stage._slot.Owns(key))
                {
                    Keep(element, side, key, PartnersOf(key));
                }
            }
        }

        /// <returns>What was kept for partners to come; what waits is restored.</returns>
        private List<(int Side, Element Element)> Read(ref MessagePackReader reader)
        {
            reader.ReadArrayHeader();
            _order.Pass(reader.ReadInt64());
            var kept = ReadElements(ref reader);
            foreach (var (side, element) in ReadElements(ref reader))
            {
                if (_stage._slot.Owns(value => _op.KeyOf(side == 1, value), element.Value))
                {
                    _order.Restore(side, element);
                }
            }

            return kept;
        }

        private List<(int Side, Element Element)> ReadElements(ref MessagePackReader reader)
        {
            var elements = new List<(int Side, Element Element)>();
            for (var count = reader.ReadArrayHeader(); count > 0; count--)
            {
                reader.ReadArrayHeader();
                var side = reader.ReadInt32();
                elements.Add((side, StateFormat.Read(ref reader, _stage._types[side], _stage._slot)));
            }

            return elements;
        }
    }

    /// <summary>The elements of a key that can still find a partner, by side, oldest first.</summary>
    private sealed class Partners
    {
        private readonly Queue<Element> _left = new();
        private readonly Queue<Element> _right = new();

        public Queue<Element> Of(int side) => side == 0 ? _left : _right;

        /// <returns>Whether none is left.</returns>
        public bool Forget(long before)
        {
            Forget(_left, before);
            Forget(_right, before);
            return _left.Count == 0 && _right.Count == 0;
        }

        private static void Forget(Queue<Element> side, long before)
        {
            while (side.TryPeek(out var oldest) && oldest.EffectiveTicks < before)
            {
                side.Dequeue();
            }
        }
    }
}
