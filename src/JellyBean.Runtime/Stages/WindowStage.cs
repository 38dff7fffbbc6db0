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

    private sealed class Logic(WindowStage stage, WindowOperator op, ImmutableHashSet<SourceId> sources, StageMeter meter) : ItemLogic(stage)
    {
        private readonly EventOrder _order = new([sources], op.Late);
        private readonly SortedDictionary<SpanKey, List<Element>> _open = [];

        protected override void OnElement(Element element)
        {
            if (!_order.Add(0, element))
            {
                meter.Late();
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
            foreach (var advanced in _order.Advance(FirstHeld))
            {
                Give(advanced);
            }

            meter.Queue = _order.Count + _open.Count;
        }

        private void Open(Element element)
        {
            try
            {
                var key = op.KeyOf(element.Value);
                var (size, slide) = (op.Window.Size.Ticks, op.Window.Slide.Ticks);
                for (var start = LastStart(element.EffectiveTicks); start > element.EffectiveTicks - size; start -= slide)
                {
                    var span = new SpanKey(start + size, key);
                    if (!_open.TryGetValue(span, out var elements))
                    {
                        _open[span] = elements = [];
                    }

                    elements.Add(element);
                }

                meter.Passed(1, 0);
            }
            catch (Exception cause)
            {
                meter.Passed(1, 0);
                meter.Failed(element.Lineage, cause);
            }
        }

        /// <summary>Gives the results of all spans that end at or before an instant.</summary>
        private void Close(long instant)
        {
            while (_open.Count > 0 && _open.First() is var (span, elements) && span.End <= instant)
            {
                _open.Remove(span);
                Give(span, elements);
            }
        }

        private void Give(SpanKey span, List<Element> elements)
        {
            var latest = elements[^1];
            var started = System.Diagnostics.Stopwatch.GetTimestamp();
            try
            {
                var start = span.End - op.Window.Size.Ticks;
                var result = op.Aggregate(
                    span.Key,
                    new WindowSpan(new DateTimeOffset(start, TimeSpan.Zero), new DateTimeOffset(span.End, TimeSpan.Zero)),
                    [.. elements.Select(e => e.Value)]);
                var index = IndexOver(latest.EffectiveTicks, start);
                var given = latest.Derive(Lineage.Joined(latest.Lineage, index, [.. elements.Select(e => e.Lineage)], index), result);
                given.EventTicks = span.End - 1;
                given.EffectiveTicks = span.End - 1;
                given.AdmittedAt = elements.Max(e => e.AdmittedAt);
                Give(given);
                meter.Finish(started, 1);
            }
            catch (Exception cause)
            {
                meter.Finish(started, 0);
                meter.Failed(latest.Lineage, cause);
            }
        }

        private long FirstHeld(SourceId source)
        {
            var first = long.MaxValue;
            foreach (var elements in _open.Values)
            {
                var latest = elements[^1].Lineage;
                if (latest.Source == source)
                {
                    first = Math.Min(first, latest.Number);
                }
            }

            return first;
        }

        /// <summary>Which of the spans over an instant, from the earliest, begins at <paramref name="start"/>.</summary>
        private int IndexOver(long instant, long start)
        {
            var last = LastStart(instant);
            var before = (last - (instant - op.Window.Size.Ticks) - 1) / op.Window.Slide.Ticks;
            return (int)(before - ((last - start) / op.Window.Slide.Ticks));
        }

        /// <summary>The latest start of a span over an instant. Spans are aligned to the Unix epoch.</summary>
        private long LastStart(long instant)
        {
            var slide = op.Window.Slide.Ticks;
            var sinceEpoch = instant - DateTimeOffset.UnixEpoch.UtcTicks;
            return instant - (((sinceEpoch % slide) + slide) % slide);
        }
    }
}
