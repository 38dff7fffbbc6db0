using System.Collections.Immutable;
using JellyBean.Runtime.Envelope;
using JellyBean.Workflows;
using JellyBean.Workflows.Flows;

namespace JellyBean.Runtime.EventTime;

/// <summary>
/// Puts the elements of one or two flows into one order that does not depend on speed: by event time, then lineage, then side. An element
/// is taken once event time has passed it: when every source that is not idle has said that nothing earlier follows.
/// </summary>
internal sealed class EventOrder
{
    private readonly SortedSet<WaitingElement> _waiting = new(WaitingElement.Order);
    private readonly Dictionary<SourceId, SourceTime> _sources = [];
    private readonly SourceTime[] _all;
    private readonly LatePolicy _late;
    private long _passed = long.MinValue;

    /// <param name="sources">For each side, the sources whose elements may come by it.</param>
    /// <param name="late">What becomes of late elements.</param>
    public EventOrder(ImmutableArray<ImmutableHashSet<SourceId>> sources, LatePolicy late)
    {
        _late = late;
        foreach (var source in sources.SelectMany(s => s).Distinct())
        {
            _sources[source] = new SourceTime(source, [.. sources.Select(side => side.Contains(source))]);
        }

        _all = [.. _sources.Values];
    }

    /// <summary>How many elements wait for event time.</summary>
    public int Count => _waiting.Count;

    /// <summary>Nothing earlier than this follows on any side.</summary>
    public long Watermark { get; private set; } = long.MinValue;

    /// <summary>Elements before this are late: what they could have been part of is given.</summary>
    public long Passed => _passed;

    /// <summary>What waits for event time, in order.</summary>
    public IEnumerable<(int Side, Element Element)> Waiting => _waiting.Select(w => (w.Side, w.Element));

    /// <summary>Adds an element that waited when a snapshot was taken.</summary>
    /// <remarks>Its source may be left out of this plan, for its node is lost: what it gave before is still taken, but nothing waits for it.</remarks>
    public void Restore(int side, Element element)
    {
        _waiting.Add(new WaitingElement(element, side));
        _sources.GetValueOrDefault(element.Lineage.Source)?.Hold(element.Lineage.Number);
    }

    /// <summary>Adds an element; a late one is left out or taken as of now, as the policy says.</summary>
    /// <returns>Whether it came in time. If not, its source had passed its event time, or was idle and event time went on without it.</returns>
    public bool Add(int side, Element element)
    {
        var isLate = element.IsLate || element.EffectiveTicks < _passed;
        if (isLate && _late == LatePolicy.Drop)
        {
            return false;
        }

        element.EffectiveTicks = Math.Max(element.EffectiveTicks, _passed);
        Restore(side, element);
        return !isLate;
    }

    /// <summary>Takes note of a frontier.</summary>
    public void Settle(int side, Frontier frontier)
    {
        _sources[frontier.Source].Settle(side, frontier);
        var (watermark, reached) = (Frontier.Ended, default(long?));
        foreach (var source in _all)
        {
            watermark = Math.Min(watermark, source.Watermark);
            if (source.IsIdle)
            {
                reached = Math.Max(reached ?? long.MinValue, source.Reached);
            }
        }

        // Where every source that has not ended is idle, event time stands still at the furthest that one of them has come.
        Watermark = watermark == Frontier.Ended ? reached ?? Frontier.Ended : watermark;
    }

    /// <summary>Something was given that no element before <paramref name="instant"/> can be part of any more: those that still come are late.</summary>
    public void Pass(long instant) => _passed = Math.Max(_passed, instant);

    /// <summary>Takes the next element that event time has passed.</summary>
    public bool TryTake(out int side, out Element element)
    {
        if (_waiting.Count > 0 && _waiting.Min is { } first && (first.Element.EffectiveTicks < Watermark || Watermark == Frontier.Ended))
        {
            _waiting.Remove(first);
            _sources.GetValueOrDefault(first.Element.Lineage.Source)?.Release(first.Element.Lineage.Number);
            (side, element) = (first.Side, first.Element);
            Pass(element.EffectiveTicks);
            return true;
        }

        (side, element) = (-1, null!);
        return false;
    }

    /// <summary>Gives the frontiers that say more than the last time, given what still waits.</summary>
    /// <param name="held">For a source, the first number that must not be settled yet for another reason; <see cref="long.MaxValue"/> if none.</param>
    /// <param name="give">Takes them.</param>
    public void Advance(Func<SourceId, long> held, Action<Frontier> give)
    {
        foreach (var source in _all)
        {
            if (source.Advance(held(source.Source), Watermark) is { } frontier)
            {
                give(frontier);
            }
        }
    }

    /// <summary>Whether what waits, waits for this side.</summary>
    public bool IsHeldBackBy(int side)
    {
        if (_waiting.Count > 0)
        {
            foreach (var source in _all)
            {
                if ((source.Watermark == Watermark || source.IsIdle) && source.IsHeldBackBy(side))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private sealed record WaitingElement(Element Element, int Side)
    {
        public static readonly Comparer<WaitingElement> Order = Comparer<WaitingElement>.Create((a, b) =>
        {
            var byTime = a.Element.EffectiveTicks.CompareTo(b.Element.EffectiveTicks);
            if (byTime != 0)
            {
                return byTime;
            }

            var byLineage = a.Element.Lineage.CompareTo(b.Element.Lineage);
            return byLineage != 0 ? byLineage : a.Side.CompareTo(b.Side);
        });
    }

    /// <summary>How far one source has come on each side, and which of its numbers still wait.</summary>
    private sealed class SourceTime(SourceId source, ImmutableArray<bool> comesBy)
    {
        private readonly Frontier?[] _frontiers = new Frontier?[comesBy.Length];
        private readonly HeldNumbers _held = new();
        private Frontier? _given;

        public SourceId Source { get; } = source;

        public long Watermark { get; private set; } = long.MinValue;

        /// <summary>How far it has come, idle or not.</summary>
        public long Reached { get; private set; } = long.MinValue;

        /// <summary>Whether nothing waits for it, though it has not ended.</summary>
        public bool IsIdle => Watermark == Frontier.Ended && Reached != Frontier.Ended;

        public void Hold(long number) => _held.Add(number);

        public void Release(long number) => _held.Remove(number);

        public void Settle(int side, Frontier frontier)
        {
            _frontiers[side] = frontier;
            Watermark = Least(f => f.Watermark, long.MinValue);
            Reached = Least(f => f.EventTicks, long.MinValue);
        }

        public bool IsHeldBackBy(int side) => comesBy[side] && (_frontiers[side]?.Watermark ?? long.MinValue) == Watermark;

        public Frontier? Advance(long held, long watermark)
        {
            for (var side = 0; side < comesBy.Length; side++)
            {
                if (comesBy[side] && _frontiers[side] is null)
                {
                    return null;
                }
            }

            var settled = Least(f => f.Number, -1);
            var number = settled;
            var isIdle = Array.TrueForAll(_frontiers, f => f is null || f.IsIdle);
            var first = Math.Min(held, _held.First);
            if (first <= number)
            {
                // What waits will still be given, at event times from the watermark on.
                number = first - 1;
                isIdle = false;
            }

            // A side on which the source is idle does not hold back the other, nor does an idle source whose elements wait here.
            var eventTicks = isIdle ? Least(f => f.EventTicks, long.MinValue) : Math.Min(Watermark, first <= settled ? watermark : long.MaxValue);

            if (_given is { } last && last.Number == number && last.EventTicks == eventTicks && last.IsIdle == isIdle)
            {
                return null;
            }

            return _given = new Frontier(Source, number, eventTicks, isIdle);
        }

        private long Least(Func<Frontier, long> of, long before)
        {
            var least = long.MaxValue;
            for (var side = 0; side < comesBy.Length; side++)
            {
                if (comesBy[side])
                {
                    least = Math.Min(least, _frontiers[side] is { } frontier ? of(frontier) : before);
                }
            }

            return least;
        }
    }
}
