using System.Collections.Immutable;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.EventTime;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Elements;
using JellyBean.Workflows.Flows;
using JellyBean.Workflows.Graph;
using MessagePack;

namespace JellyBean.Runtime.Stages;

/// <summary>Gives one result for each key and span of event time that has elements, once event time has passed the span. Resequence behind it.</summary>
/// <remarks>
/// Holds the elements of open spans. A source is settled only up to the last element of its that is the latest of an open span: there
/// the span's result will stand in the order.
/// </remarks>
internal sealed class WindowStage(WindowOperator op, Type inputType, ImmutableHashSet<SourceId> sources, StageMeter meter, StateSlot slot) : ItemStage(op.Id.Value)
{
    protected override Akka.Streams.Stage.GraphStageLogic CreateLogic(Akka.Streams.Attributes inheritedAttributes) => new Logic(this, op, inputType, sources, meter, slot);

    /// <summary>A span of a key that has elements. Spans close by end, then key.</summary>
    private readonly record struct SpanKey(long End, string Key) : IComparable<SpanKey>
    {
        public int CompareTo(SpanKey other)
        {
            var byEnd = End.CompareTo(other.End);
            return byEnd != 0 ? byEnd : string.CompareOrdinal(Key, other.Key);
        }
    }

    private sealed class Logic : ItemLogic
    {
        private readonly WindowOperator _op;
        private readonly Type _inputType;
        private readonly StateSlot _slot;
        private readonly EventOrder _order;
        private readonly Dictionary<SpanKey, List<Element>> _open = [];
        private readonly SortedSet<SpanKey> _byEnd = [];

        // By source: the numbers of the elements that are the latest of an open span.
        private readonly Dictionary<SourceId, HeldNumbers> _latest;
        private readonly Func<SourceId, long> _firstHeld;
        private readonly Action<Frontier> _give;

        public Logic(WindowStage stage, WindowOperator op, Type inputType, ImmutableHashSet<SourceId> sources, StageMeter meter, StateSlot slot)
            : base(stage, meter)
        {
            _op = op;
            _inputType = inputType;
            _slot = slot;
            _order = new EventOrder([sources], op.Late);
            _latest = sources.ToDictionary(s => s, _ => new HeldNumbers());
            _firstHeld = source => _latest[source].First;
            _give = Give;
        }

        public override void PreStart() => Await(_slot, piece => StateFormat.Read(piece, Read));

        protected override void OnElement(Element element)
        {
            if (!_order.Add(0, element))
            {
                Meter.Late();
            }
        }

        protected override void OnFrontier(Frontier frontier)
        {
            _order.Settle(0, frontier);
            while (_order.TryTake(out _, out var element))
            {
                Close(element.EffectiveTicks);
                Open(element);
            }

            Close(_order.Watermark);
            _order.Advance(_firstHeld, _give);
            Meter.Queue = _order.Count + _open.Count;
        }

        protected override void OnBarrier(SnapshotBarrier barrier)
        {
            _slot.Give(barrier.Snapshot, StateFormat.Version, () => StateFormat.Write(this, Write));
            Give(barrier);
        }

        protected override void OnComplete() => _slot.Leave();

        private void Open(Element element)
        {
            Meter.Passed(1, 0);
            try
            {
                Open(element, _op.KeyOf(element.Value), closed: long.MinValue);
            }
            catch (Exception cause)
            {
                Meter.Failed(element.Lineage, cause);
            }
        }

        /// <summary>Adds an element to all spans over it that are not closed.</summary>
        private void Open(Element element, string key, long closed)
        {
            var (size, slide) = (_op.Window.Size.Ticks, _op.Window.Slide.Ticks);
            for (var start = LastStart(element.EffectiveTicks); start > element.EffectiveTicks - size && start + size > closed; start -= slide)
            {
                var span = new SpanKey(start + size, key);
                if (!_open.TryGetValue(span, out var elements))
                {
                    _open[span] = elements = [];
                    _byEnd.Add(span);
                }
                else
                {
                    Release(elements[^1]);
                }

                elements.Add(element);
                _latest.GetValueOrDefault(element.Lineage.Source)?.Add(element.Lineage.Number);
            }
        }

        /// <summary>Gives the results of all spans that end at or before an instant.</summary>
        private void Close(long instant)
        {
            while (_byEnd.Count > 0 && _byEnd.Min is var span && span.End <= instant)
            {
                _byEnd.Remove(span);
                _open.Remove(span, out var elements);
                Release(elements![^1]);
                Give(span, elements);
            }

            // A source that was idle may come back behind this. Where all are idle, event time stands still instead.
            if (instant != Frontier.Ended)
            {
                _order.Pass(instant);
            }
        }

        private void Release(Element latest) => _latest.GetValueOrDefault(latest.Lineage.Source)?.Remove(latest.Lineage.Number);

        private void Give(SpanKey span, List<Element> elements)
        {
            var latest = elements[^1];
            var started = Meter.Begin();
            try
            {
                var start = span.End - _op.Window.Size.Ticks;
                var result = _op.Aggregate(
                    span.Key,
                    new WindowSpan(new DateTimeOffset(start, TimeSpan.Zero), new DateTimeOffset(span.End, TimeSpan.Zero)),
                    [.. elements.Select(e => e.Value)]);
                var index = IndexOver(latest.EffectiveTicks, start);
                var given = latest.Derive(Lineage.Joined(latest.Lineage, index, [.. elements.Select(e => e.Lineage)], index), result);
                given.EventTicks = span.End - 1;
                given.EffectiveTicks = span.End - 1;
                given.AdmittedAt = elements.Max(e => e.AdmittedAt);
                Give(given);
                Meter.Finish(started, 1);
            }
            catch (Exception cause)
            {
                Meter.Finish(started, 0);
                Meter.Failed(latest.Lineage, cause);
            }
        }

        /// <summary>Which of the spans over an instant, from the earliest, begins at <paramref name="start"/>.</summary>
        private int IndexOver(long instant, long start)
        {
            var last = LastStart(instant);
            var before = (last - (instant - _op.Window.Size.Ticks) - 1) / _op.Window.Slide.Ticks;
            return (int)(before - ((last - start) / _op.Window.Slide.Ticks));
        }

        /// <summary>The latest start of a span over an instant. Spans are aligned to the Unix epoch.</summary>
        private long LastStart(long instant)
        {
            var slide = _op.Window.Slide.Ticks;
            var sinceEpoch = instant - DateTimeOffset.UnixEpoch.UtcTicks;
            return instant - (((sinceEpoch % slide) + slide) % slide);
        }

        // An element of several spans is written once: which are open again follows from how far event time has passed.
        private static void Write(ref MessagePackWriter writer, Logic logic)
        {
            var opened = logic._open.Values.SelectMany(elements => elements).Distinct(ReferenceEqualityComparer.Instance).Cast<Element>()
                .OrderBy(e => e.EffectiveTicks).ThenBy(e => e.Lineage).ToList();
            writer.WriteArrayHeader(3);
            writer.Write(logic._order.Passed);
            writer.WriteArrayHeader(opened.Count);
            foreach (var element in opened)
            {
                StateFormat.Write(ref writer, element, logic._inputType, logic._slot);
            }

            writer.WriteArrayHeader(logic._order.Count);
            foreach (var (_, element) in logic._order.Waiting)
            {
                StateFormat.Write(ref writer, element, logic._inputType, logic._slot);
            }
        }

        private int Read(ref MessagePackReader reader)
        {
            reader.ReadArrayHeader();
            var passed = reader.ReadInt64();
            _order.Pass(passed);
            foreach (var element in ReadElements(ref reader))
            {
                var key = _op.KeyOf(element.Value);
                if (_slot.Owns(key))
                {
                    Open(element, key, passed);
                }
            }

            foreach (var element in ReadElements(ref reader))
            {
                if (_slot.Owns(_op.KeyOf, element.Value))
                {
                    _order.Restore(0, element);
                }
            }

            return 0;
        }

        private List<Element> ReadElements(ref MessagePackReader reader)
        {
            var elements = new List<Element>();
            for (var count = reader.ReadArrayHeader(); count > 0; count--)
            {
                elements.Add(StateFormat.Read(ref reader, _inputType, _slot));
            }

            return elements;
        }
    }
}
