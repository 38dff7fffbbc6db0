using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Streams;
using Akka.Streams.Stage;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Elements;

namespace JellyBean.Runtime.Sources;

/// <summary>Admits a source's elements: each followed by its frontier. Puts in barriers. Keeps order; holds none beyond those the reader holds.</summary>
/// <remarks>
/// Completes when the source has ended, or at the switch, behind which the next plan's stage goes on with the reader; one that moves to another worker is read no
/// more, and what it had offered is admitted first. Fails if the source cannot be read at all; one that fails later ends, is reported, and others go on.
/// Downstream cancel: stops reading.
/// </remarks>
internal sealed class SourceStage : GraphStage<SourceShape<Item>>
{
    private readonly SourceReader _reader;
    private readonly StageMeter _stageMeter;
    private readonly SourceMeter _meter;
    private readonly OperatorId _input;
    private readonly FailureLedger _failures;
    private readonly FragmentSnapshots _snapshots;
    private readonly StateSlot _slot;
    private readonly FragmentCompletion _completion;
    private readonly Belongings _belongings;

    public SourceStage(
        OperatorId input,
        SourceReader reader,
        Belongings belongings,
        StageMeter stageMeter,
        SourceMeter meter,
        FailureLedger failures,
        FragmentSnapshots snapshots,
        FragmentCompletion completion)
    {
        _snapshots = snapshots;
        _slot = snapshots.Add(SourceState.OwnerOf(reader.Source.Id), reader.Source.Id.Value);
        _belongings = belongings;
        _completion = completion;
        _completion.Use();
        _input = input;
        _reader = reader;
        _stageMeter = stageMeter;
        _meter = meter;
        _failures = failures;
        Out = new Outlet<Item>($"{reader.Source.Id}.out");
        Shape = new SourceShape<Item>(Out);
    }

    public Outlet<Item> Out { get; }

    public override SourceShape<Item> Shape { get; }

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic : TimerGraphStageLogic, IOutHandler
    {
        private const string IdleTimer = "idle";

        private readonly SourceStage _stage;
        private readonly SourceReader _reader;
        private readonly SourceId _source;
        private readonly long _allowedLateness;
        private readonly DemandClock _demand;
        private Action<bool> _readable = _ => { };
        private Action<Exception> _unreadable = _ => { };
        private Frontier? _frontier;
        private SnapshotBarrier? _barrier;
        private SnapshotBarrier? _switch;
        private long _number = -1;
        private long _taken;
        private (long Sampled, long Shed) _leftOut;
        private double _tokens = RateLimit.Full;
        private long _reached = long.MinValue;
        private bool _isReady;
        private bool _isIdle;
        private bool _isWaiting;
        private bool _isPassedOn;
        private bool _isEnding;

        public Logic(SourceStage stage)
            : base(stage.Shape)
        {
            _stage = stage;
            _reader = stage._reader;
            _source = _reader.Source.Id;
            _allowedLateness = _reader.Options.AllowedLateness.Ticks;
            _demand = stage._stageMeter.Demand.Open();
            SetHandler(stage.Out, this);
        }

        private long Watermark => _reached == long.MinValue ? long.MinValue : _reached - _allowedLateness;

        public override void PreStart()
        {
            _readable = GetAsyncCallback<bool>(OnReadable);
            _unreadable = GetAsyncCallback<Exception>(FailStage);
            var paused = GetAsyncCallback<bool>(_ => OnPaused());
            _reader.OnPaused(() => paused(true));
            _reader.OnPassed(GetAsyncCallback<(long Passed, long Next)>(OnPassed));
            _stage._slot.Restore(Begin, FailStage, GetAsyncCallback);
        }

        public override void PostStop()
        {
            _stage._stageMeter.Demand.Close(_demand);
            if (!_isPassedOn)
            {
                _reader.Abort();
            }

            _stage._completion.Stop(Task.CompletedTask);
        }

        public void OnPull()
        {
            _demand.End();
            if (!_isReady)
            {
                return;
            }

            if (_frontier is { } frontier)
            {
                _frontier = null;
                Give(frontier);
                if (_isEnding)
                {
                    Complete();
                }
            }
            else if (_barrier is not null)
            {
                PushBarrier();
            }
            else
            {
                Take();
            }
        }

        public void OnDownstreamFinish(Exception cause) => InternalOnDownstreamFinish(cause);

        protected override void OnTimer(object timerKey)
        {
            if (!_isWaiting || _isEnding)
            {
                return;
            }

            _isIdle = true;
            Settle(isIdle: true);
        }

        private void Begin(ImmutableArray<StatePiece> pieces)
        {
            var state = _reader.Start(pieces is [var piece, ..] ? SourceState.Read(piece) : null);
            (_number, _reached, _taken) = (state.Number, state.Reached, state.Number + 1 - state.Dropped);
            (_isIdle, _leftOut, _tokens) = (state.IsIdle, (state.Sampled, state.Shed), state.Tokens);
            if (_number >= 0 || _isIdle)
            {
                // What was settled before is, though nobody downstream has heard of it yet.
                _frontier = new Frontier(_source, _number, Watermark, _isIdle);
            }

            _isReady = true;
            _stage._snapshots.AddSource(GetAsyncCallback<long>(OnSnapshot));
            AwaitIdle();
            if (IsAvailable(_stage.Out))
            {
                OnPull();
            }
        }

        // What is held up must hold up nobody else, a file neither.
        private void OnPaused()
        {
            if (_isWaiting && !_isEnding)
            {
                _isIdle = true;
                Settle(isIdle: true);
            }
        }

        // What another version has read is settled there; of what was offered here before, nothing is left. Who knows when the next comes.
        private void OnPassed((long Passed, long Next) by)
        {
            if (_isWaiting && !_isEnding && by.Next - 1 > _number && _reader.Offers.Count == 0)
            {
                _taken += _reader.TakePassed(by.Passed);
                _number = by.Next - 1;
                _isIdle = true;
                Settle(isIdle: true);
            }
        }

        private void OnSnapshot(long snapshot)
        {
            var barrier = new SnapshotBarrier(snapshot);
            if (barrier.IsSwitch && !_stage._belongings.IsWanted(_reader))
            {
                // Another worker reads on: what was read here is admitted here.
                _switch = barrier;
                _reader.Drain();
                return;
            }

            _barrier = barrier;
            if (IsAvailable(_stage.Out) && _frontier is null)
            {
                PushBarrier();
            }
        }

        private void PushBarrier()
        {
            var barrier = _barrier!;
            _barrier = null;
            _isPassedOn = barrier.IsSwitch && _stage._belongings.PassOn(_reader);
            _stage._slot.Give(barrier.Snapshot, StateFormat.Version, State().Write);
            Give(barrier);
            if (barrier.IsSwitch)
            {
                CompleteStage();
            }
        }

        // Of those up to the last that was admitted, all that were not taken were dropped; what was dropped behind it is read again.
        private SourceState State() => new(_number, _reached, _number + 1 - _taken, _reader.Next, _isIdle, _leftOut.Sampled, _leftOut.Shed, _tokens);

        private void Take()
        {
            if (_isWaiting)
            {
                return;
            }

            if (_reader.TryTake(out var offer))
            {
                Admit(offer);
                return;
            }

            _isWaiting = true;
            AwaitIdle();
            var readable = _reader.Offers.WaitToReadAsync();
            if (readable.IsCompletedSuccessfully)
            {
                OnReadable(readable.Result);
            }
            else
            {
                _ = ObserveAsync(readable.AsTask());
                if (_reader.IsPaused)
                {
                    OnPaused();
                }
            }
        }

        private async Task ObserveAsync(Task<bool> readable)
        {
            try
            {
                _readable(await readable.ConfigureAwait(false));
            }
            catch (Exception cause)
            {
                _unreadable(cause);
            }
        }

        private void OnReadable(bool isReadable)
        {
            _isWaiting = false;
            if (!isReadable)
            {
                End();
            }
            else if (IsAvailable(_stage.Out) && _frontier is null)
            {
                Take();
            }
        }

        private void Admit(NumberedOffer numbered)
        {
            var (number, offer, _, passed, sampled, shed, tokens) = numbered;
            (_number, _leftOut, _tokens) = (number, (sampled, shed), tokens);

            // What another version has read is taken, though not here.
            _taken += 1 + _reader.TakePassed(passed);
            _isIdle = false;
            _stage._stageMeter.Passed(1, offer.Value is null ? 0 : 1);
            if (offer.Value is null)
            {
                _stage._failures.Add(_stage._input, _source, number, offer.Fault ?? "The source gave no value.");
                Settle(isIdle: false);
                return;
            }

            var age = _stage._meter.Admitted(offer.EventTime);
            var eventTicks = offer.EventTime.UtcTicks;
            var isLate = eventTicks < Watermark;
            _reached = Math.Max(_reached, eventTicks);
            _frontier = new Frontier(_source, number, Watermark);
            Give(new Element(Lineage.Of(_source, number), eventTicks, offer.Value, Stopwatch.GetTimestamp(), _stage._slot.Epoch)
            {
                EffectiveTicks = isLate ? _reached : eventTicks,
                Age = age,
            });
        }

        private void End()
        {
            if (_switch is not null)
            {
                _barrier = _switch;

                // Where it is read on, what was left out behind the last that was admitted is left out again, but of a live source.
                _leftOut = _reader.Source.IsReplayable ? _leftOut : _reader.LeftOut;
                if (_reader.IsLeft)
                {
                    SettleAll();
                    _frontier = new Frontier(_source, _number, Frontier.Ended);
                }

                if (IsAvailable(_stage.Out))
                {
                    OnPull();
                }

                return;
            }

            _isEnding = true;
            SettleAll();
            SourceFault? fault = null;
            if (_reader.Fault is { } thrown)
            {
                fault = SourceFault.Of(thrown);
                _stage._failures.SourceEnded(_source, fault, thrown);
            }

            _stage._meter.Ended(fault);
            var last = new Frontier(_source, _number, Frontier.Ended);
            if (IsAvailable(_stage.Out))
            {
                Give(last);
                Complete();
            }
            else
            {
                _frontier = last;
            }
        }

        // What was dropped behind the last that was admitted is as settled as that.
        private void SettleAll() => (_number, _leftOut) = (Math.Max(_number, _reader.Next - 1), _reader.LeftOut);

        private void Complete()
        {
            var piece = new StatePiece(_stage._slot.Owner, StateFormat.Version, State().Write());
            _isPassedOn = true;
            _stage._slot.Leave(snapshot =>
            {
                // The next plan's stage finds that it has ended, and says so to those behind it.
                _ = snapshot == SnapshotBarrier.Switch && _stage._belongings.PassOn(_reader);
                return Task.FromResult(piece);
            });
            CompleteStage();
        }

        private void Settle(bool isIdle)
        {
            var frontier = new Frontier(_source, _number, Watermark, isIdle);
            if (IsAvailable(_stage.Out))
            {
                Give(frontier);
            }
            else
            {
                _frontier = frontier;
            }
        }

        private void Give(Item item)
        {
            Push(_stage.Out, item);
            _demand.Begin();
        }

        private void AwaitIdle()
        {
            // Replayable sources are never idle: their results must not depend on speed.
            if (!_reader.Source.IsReplayable && !_isIdle)
            {
                ScheduleOnce(IdleTimer, _reader.Options.IdleAfter);
            }
        }
    }
}
