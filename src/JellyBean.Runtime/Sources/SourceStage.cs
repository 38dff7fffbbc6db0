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
        private readonly AdmittedSoFar _admitted;
        private readonly DemandClock _demand;
        private Action<bool> _readable = _ => { };
        private Action<Exception> _unreadable = _ => { };
        private Frontier? _frontier;
        private SnapshotBarrier? _barrier;
        private SnapshotBarrier? _switch;
        private bool _isReady;
        private bool _isWaiting;
        private bool _isPassedOn;
        private bool _isEnding;

        public Logic(SourceStage stage)
            : base(stage.Shape)
        {
            _stage = stage;
            _reader = stage._reader;
            _source = _reader.Source.Id;
            _admitted = new AdmittedSoFar(_reader);
            _demand = stage._stageMeter.Demand.Open();
            SetHandler(stage.Out, this);
        }

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
            SettleAsIdle();
        }

        private void Begin(ImmutableArray<StatePiece> pieces)
        {
            _admitted.Begin(_reader.Start(pieces is [var piece, ..] ? SourceState.Read(piece) : null));
            if (_admitted.Number >= 0 || _admitted.IsIdle)
            {
                // What was settled before is, though nobody downstream has heard of it yet.
                _frontier = _admitted.Frontier;
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
        private void OnPaused() => SettleAsIdle();

        // Of what was offered here before, nothing is left.
        private void OnPassed((long Passed, long Next) by)
        {
            if (_isWaiting && !_isEnding && _reader.Offers.Count == 0 && _admitted.PassTo(by))
            {
                Settle();
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
            _stage._slot.Give(barrier.Snapshot, StateFormat.Version, _admitted.State.Write);
            Give(barrier);
            if (barrier.IsSwitch)
            {
                CompleteStage();
            }
        }

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
            var (number, offer) = (numbered.Number, numbered.Offer);
            _admitted.Take(numbered);
            _stage._stageMeter.Passed(1, offer.Value is null ? 0 : 1);
            if (offer.Value is null)
            {
                _stage._failures.Add(_stage._input, _source, number, offer.Fault ?? "The source gave no value.");
                Settle();
                return;
            }

            var age = _stage._meter.Admitted(offer.EventTime);
            var eventTicks = offer.EventTime.UtcTicks;
            var isLate = _admitted.Reach(eventTicks);
            _frontier = _admitted.Frontier;
            Give(new Element(Lineage.Of(_source, number), eventTicks, offer.Value, Stopwatch.GetTimestamp(), _stage._slot.Epoch)
            {
                EffectiveTicks = isLate ? _admitted.Reached : eventTicks,
                Age = age,
            });
        }

        private void End()
        {
            if (_switch is not null)
            {
                _barrier = _switch;

                // Where it is read on, what was left out behind the last that was admitted is left out again, but of a live source.
                if (!_reader.Source.IsReplayable)
                {
                    _admitted.CountLeftOut();
                }

                if (_reader.IsLeft)
                {
                    _admitted.SettleAll();
                    _frontier = _admitted.Last;
                }

                if (IsAvailable(_stage.Out))
                {
                    OnPull();
                }

                return;
            }

            _isEnding = true;
            _admitted.SettleAll();
            SourceFault? fault = null;
            if (_reader.Fault is { } thrown)
            {
                fault = SourceFault.Of(thrown);
                _stage._failures.SourceEnded(_source, fault, thrown);
            }

            _stage._meter.Ended(fault);
            if (IsAvailable(_stage.Out))
            {
                Give(_admitted.Last);
                Complete();
            }
            else
            {
                _frontier = _admitted.Last;
            }
        }

        private void Complete()
        {
            var piece = new StatePiece(_stage._slot.Owner, StateFormat.Version, _admitted.State.Write());
            _isPassedOn = true;
            _stage._slot.Leave(snapshot =>
            {
                // The next plan's stage finds that it has ended, and says so to those behind it.
                _ = snapshot == SnapshotBarrier.Switch && _stage._belongings.PassOn(_reader);
                return Task.FromResult(piece);
            });
            CompleteStage();
        }

        private void SettleAsIdle()
        {
            if (_isWaiting && !_isEnding)
            {
                _admitted.IsIdle = true;
                Settle();
            }
        }

        private void Settle()
        {
            if (IsAvailable(_stage.Out))
            {
                Give(_admitted.Frontier);
            }
            else
            {
                _frontier = _admitted.Frontier;
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
            if (!_reader.Source.IsReplayable && !_admitted.IsIdle)
            {
                ScheduleOnce(IdleTimer, _reader.Options.IdleAfter);
            }
        }
    }
}
