using System.Collections.Immutable;
using Akka.Streams;
using Akka.Streams.Stage;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Snapshots;

namespace JellyBean.Runtime.Stages;

/// <summary>Merges an input's sources, each in its turn.</summary>
/// <remarks>
/// An aligned source that is further ahead in event time than allowed waits for the others: what joins and windows hold until all sources have
/// reached a time is bounded by that lead, however differently fast the sources are read. None waits for one that is held up. A source at its barrier waits until all are at theirs, and none
/// waits for it meanwhile. Each source's order is kept. Holds one item per source. Completes when all sources have and everything is given.
/// </remarks>
internal sealed class SourceMergeStage : GraphStage<UniformFanInShape<Item, Item>>
{
    private readonly ImmutableArray<bool> _aligned;
    private readonly long _mostAhead;

    /// <param name="name">For the shape's ports.</param>
    /// <param name="aligned">
    /// For each source, whether it waits for the other aligned ones. Only such as can wait and are never silent for long: replayable ones. What a live
    /// camera's clock says is no reason to lose its frames.
    /// </param>
    /// <param name="mostAhead">How far an aligned source may be ahead of another.</param>
    public SourceMergeStage(string name, ImmutableArray<bool> aligned, TimeSpan mostAhead)
    {
        _aligned = aligned;
        _mostAhead = mostAhead.Ticks;
        Shape = new UniformFanInShape<Item, Item>(
            new Outlet<Item>($"{name}.out"), [.. Enumerable.Range(0, aligned.Length).Select(i => new Inlet<Item>($"{name}.in{i}"))]);
    }

    public override UniformFanInShape<Item, Item> Shape { get; }

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly SourceMergeStage _stage;
        private readonly ImmutableArray<Inlet<Item>> _ins;
        private readonly Item?[] _held;
        private readonly Alignment _alignment;
        private SnapshotBarrier? _barrier;

        // How far each source has come, in UTC ticks; a source that has said nothing yet is furthest behind.
        private readonly long[] _reached;

        // Held up, or not begun: nobody waits until its next element.
        private readonly bool[] _isIdle;
        private int _last = -1;

        public Logic(SourceMergeStage stage)
            : base(stage.Shape)
        {
            _stage = stage;
            _ins = [.. stage.Shape.Inlets.Cast<Inlet<Item>>()];
            _held = new Item?[_ins.Length];
            _alignment = new Alignment(_ins.Length);
            _reached = [.. _ins.Select(_ => long.MinValue)];
            _isIdle = new bool[_ins.Length];
            for (var i = 0; i < _ins.Length; i++)
            {
                var source = i;
                SetHandler(_ins[i], onPush: () => OnPush(source), onUpstreamFinish: () => OnFinish(source));
            }

            SetHandler(stage.Shape.Out, this);
        }

        private bool HoldsNothing => Array.TrueForAll(_held, item => item is null);

        public override void PreStart()
        {
            foreach (var inlet in _ins)
            {
                Pull(inlet);
            }
        }

        public override void OnPull() => Advance();

        private void OnPush(int source)
        {
            var item = Grab(_ins[source]);
            if (item is SnapshotBarrier barrier)
            {
                Align(_alignment.Arrive(source, barrier.Snapshot));
                return;
            }

            _held[source] = item;
            _isIdle[source] = item is Frontier { IsIdle: true };

            // A frontier settles what was given; only elements say how far a source has been read.
            if (item is Element element)
            {
                _reached[source] = Math.Max(_reached[source], element.EffectiveTicks);
            }

            Advance();
        }

        private void OnFinish(int source) => Align(_alignment.Close(source));

        private void Align(long? snapshot)
        {
            // What is held now, of sources that have ended, came before it.
            _barrier = snapshot is { } number ? new SnapshotBarrier(number) : _barrier;
            Advance();
        }

        private void Advance()
        {
            if (IsAvailable(_stage.Shape.Out))
            {
                if (_barrier is { } barrier && HoldsNothing)
                {
                    _barrier = null;
                    Push(_stage.Shape.Out, barrier);
                }
                else if (Next() is { } next)
                {
                    var item = _held[next]!;
                    _held[next] = null;
                    Push(_stage.Shape.Out, item);
                }
            }

            if (_barrier is null && HoldsNothing && _ins.All(IsClosed))
            {
                CompleteStage();
                return;
            }

            for (var source = 0; source < _ins.Length; source++)
            {
                if (_barrier is null && _held[source] is null && !_alignment.Holds(source) && !IsClosed(_ins[source]) && !HasBeenPulled(_ins[source]))
                {
                    Pull(_ins[source]);
                }
            }
        }

        /// <summary>The source to go on with, in turn; null if none that has something may.</summary>
        private int? Next()
        {
            for (var i = 1; i <= _held.Length; i++)
            {
                var source = (_last + i) % _held.Length;
                if (_held[source] is not null && !MustWait(source))
                {
                    return _last = source;
                }
            }

            return null;
        }

        private bool MustWait(int source)
        {
            if (!_stage._aligned[source] || _held[source] is Frontier)
            {
                return false;
            }

            for (var other = 0; other < _ins.Length; other++)
            {
                var comes = _stage._aligned[other] && !_isIdle[other] && (_held[other] is not null || !(IsClosed(_ins[other]) || IsAtBarrier(other)));
                if (comes && (_reached[other] == long.MinValue || _reached[source] - _reached[other] > _stage._mostAhead))
                {
                    return true;
                }
            }

            return false;
        }

        private bool IsAtBarrier(int source) => _barrier is not null || _alignment.Holds(source);
    }
}
