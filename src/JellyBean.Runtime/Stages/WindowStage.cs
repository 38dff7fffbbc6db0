using System.Collections.Immutable;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.EventTime;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Elements;
using JellyBean.Workflows.Flows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Runtime.Stages;

/// <summary>Gives one result for each key and span of event time that has elements, once event time has passed the span. Resequence behind it.</summary>
/// <remarks>
/// Holds the elements of open spans. A source is settled only up to the last element of its that is the latest of an open span: there
/// the span's result will stand in the order.
/// </remarks>
internal sealed class WindowStage(WindowOperator op, ImmutableHashSet<SourceId> sources, StageMeter meter) : ItemStage(op.Id.Value)
{
    protected override Akka.Streams.Stage.GraphStageLogic CreateLogic(Akka.Streams.Attributes inheritedAttributes) => new Logic(this, op, sources, meter);

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
        private readonly StageMeter _meter;
        private readonly EventOrder _order;
        private readonly Dictionary<SpanKey, List<Element>> _open = [];
        private readonly SortedSet<SpanKey> _byEnd = [];

        // By source: the numbers of the elements that are the latest of an open span.
        private readonly Dictionary<SourceId, HeldNumbers> _latest;
        private readonly Func<SourceId, long> _firstHeld;
        private readonly Action<Frontier> _give;

        public Logic(WindowStage stage, WindowOperator op, ImmutableHashSet<SourceId> sources, StageMeter meter)
            : base(stage)
        {
            _op = op;
            _meter = meter;
            _order = new EventOrder([sources], op.Late);
            _latest = sources.ToDictionary(s => s, _ => new HeldNumbers());
            _firstHeld = source => _latest[source].First;
            _give = Give;
        }

        protected override void OnElement(Element element)
        {
            if (!_order.Add(0, element))
            {
                _meter.Late();
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
            _meter.Queue = _order.Count + _open.Count;
        }

        private void Open(Element element)
        {
            try
            {
                var key = _op.KeyOf(element.Value);
                var (size, slide) = (_op.Window.Size.Ticks, _op.Window.Slide.Ticks);
                for (var start = LastStart(element.EffectiveTicks); start > element.EffectiveTicks - size; start -= slide)
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
                    _latest[element.Lineage.Source].Add(element.Lineage.Number);
                }

                _meter.Passed(1, 0);
            }
            catch (Exception cause)
            {
                _meter.Passed(1, 0);
                _meter.Failed(element.Lineage, cause);
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

        private void Release(Element latest) => _latest[latest.Lineage.Source].Remove(latest.Lineage.Number);

        private void Give(SpanKey span, List<Element> elements)
        {
            var latest = elements[^1];
            var started = System.Diagnostics.Stopwatch.GetTimestamp();
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
                _meter.Finish(started, 1);
            }
            catch (Exception cause)
            {
                _meter.Finish(started, 0);
                _meter.Failed(latest.Lineage, cause);
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
    }
}
