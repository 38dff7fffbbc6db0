using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Streams;
using Akka.Streams.Stage;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Runtime.Sinks;

/// <summary>Writes results to a sink: while one batch is written, the next one fills.</summary>
/// <remarks>
/// Keeps order. Holds at most one batch that is written and one of <see cref="MostResults"/> that fills; then waits for the sink. A write
/// that the sink refuses is tried again, with backoff, and then fails the stage. At a barrier, all before it is written and pre-committed before anything
/// more is taken; a pre-commit that fails costs the snapshot only. At the switch, the next plan's stage goes on with the sink; one that moves to another worker is
/// closed first. Upstream finish: completes when all is written.
/// </remarks>
internal sealed class SinkStage : GraphStage<SinkShape<Item>>
{
    private const int MostResults = 256;
    private readonly BoundSink _sink;
    private readonly Belongings _belongings;
    private readonly Func<Task>? _open;
    private readonly OutputMeter _meter;
    private readonly StateSlot _slot;
    private readonly FragmentCompletion _completion;

    /// <param name="output">Whose results it takes.</param>
    /// <param name="sink">Open, unless <paramref name="open"/> opens it.</param>
    /// <param name="open">Opens it once the worker before has closed its own; null if it is open.</param>
    /// <param name="belongings">The fragment's.</param>
    /// <param name="meter">Measures it.</param>
    /// <param name="slot">Its place in snapshots.</param>
    /// <param name="completion">Is told when all is written.</param>
    public SinkStage(OperatorId output, BoundSink sink, Func<Task>? open, Belongings belongings, OutputMeter meter, StateSlot slot, FragmentCompletion completion)
    {
        _open = open;
        _belongings = belongings;
        _slot = slot;
        _completion = completion;
        _completion.Add();
        _sink = sink;
        _meter = meter;
        In = new Inlet<Item>($"{output}.in");
        Shape = new SinkShape<Item>(In);
    }

    public Inlet<Item> In { get; }

    public override SinkShape<Item> Shape { get; }

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic : InGraphStageLogic
    {
        private readonly SinkStage _stage;
        private readonly FragmentCompletion _completion;
        private readonly Dictionary<SourceId, long> _settled = [];
        private Action<Exception?> _written = _ => { };
        private Action _preCommitted = () => { };
        private Action<Exception?> _opened = _ => { };
        private SnapshotBarrier? _barrier;
        private Action _cancel = () => { };
        private CancellationToken _stopping;
        private List<UntypedResult> _filling = [];
        private List<UntypedResult> _writing = [];
        private List<Written> _fillingAdmitted = [];
        private List<Written> _writingAdmitted = [];
        private List<SourcePosition> _writingSettled = [];
        private bool _hasAdvanced;
        private Task _write = Task.CompletedTask;
        private bool _isReady;
        private bool _isWriting;
        private bool _isHandedOver;
        private bool _isComplete;

        public Logic(SinkStage stage)
            : base(stage.Shape)
        {
            _stage = stage;
            _completion = stage._completion;
            SetHandler(stage.In, this);
        }

        public override void PreStart()
        {
            var stop = new CancellationTokenSource();
            (_cancel, _stopping) = (stop.Cancel, stop.Token);
            _written = GetAsyncCallback<Exception?>(OnWritten);
            _preCommitted = GetAsyncCallback(OnPreCommitted);
            _opened = GetAsyncCallback<Exception?>(OnOpened);
            _stage._slot.Restore(Begin, Fail, GetAsyncCallback);
        }

        public override void PostStop()
        {
            _cancel();

            if (!_isComplete)
            {
                _completion.Fail(new AbruptStageTerminationException(this));
            }

            _completion.Stop(_write);
        }

        public override void OnPush()
        {
            switch (Grab(_stage.In))
            {
                case Element element:
                    _filling.Add(new UntypedResult(element.Lineage, new DateTimeOffset(element.EventTicks, TimeSpan.Zero), element.Value));
                    _fillingAdmitted.Add(new Written(element));
                    break;
                case Frontier frontier:
                    _settled[frontier.Source] = frontier.Number;
                    _hasAdvanced = true;
                    break;
                case SnapshotBarrier barrier:
                    _barrier = barrier;
                    break;
            }

            Advance();
        }

        public override void OnUpstreamFinish()
        {
            // All ports are closed now: without this the stage would end before the last batch is written.
            SetKeepGoing(true);
            Advance();
        }

        public override void OnUpstreamFailure(Exception e)
        {
            _completion.Fail(e);
            FailStage(e);
        }

        private void Begin(ImmutableArray<StatePiece> pieces)
        {
            if (!pieces.IsEmpty)
            {
                _stage._meter.Restore(pieces.Sum(piece => SinkState.Read(piece).Results));
            }

            if (_stage._open is null)
            {
                OnOpened(null);
            }
            else
            {
                _write = OpenAsync(_stage._open);
            }
        }

        private async Task OpenAsync(Func<Task> open)
        {
            Exception? failure = null;
            try
            {
                await open().ConfigureAwait(false);
            }
            catch (Exception cause)
            {
                failure = cause;
            }

            _opened(failure);
        }

        private void OnOpened(Exception? failure)
        {
            if (failure is not null)
            {
                Fail(failure);
                return;
            }

            _isReady = true;
            Advance();
        }

        private void Fail(Exception cause)
        {
            _completion.Fail(cause);
            FailStage(cause);
        }

        private void Advance()
        {
            if (!_isReady)
            {
                return;
            }

            if (!_isWriting && (_filling.Count > 0 || _hasAdvanced))
            {
                Write();
            }
            else if (!_isWriting && _barrier is { } barrier)
            {
                _isWriting = true;
                _write = barrier.IsSwitch ? SwitchAsync() : PreCommitAsync(barrier.Snapshot);
            }

            if (IsClosed(_stage.In))
            {
                if (!_isWriting)
                {
                    _isComplete = true;
                    _stage._slot.Leave(_isHandedOver ? null : LastAsync);
                    CompleteStage();
                    _completion.Complete();
                }
            }
            else if (!HasBeenPulled(_stage.In) && _filling.Count < MostResults && _barrier is null)
            {
                Pull(_stage.In);
            }
        }

        private void Write()
        {
            (_writing, _filling) = (_filling, _writing);
            (_writingAdmitted, _fillingAdmitted) = (_fillingAdmitted, _writingAdmitted);
            _filling.Clear();
            _fillingAdmitted.Clear();
            _writingSettled = [.. _settled.Select(s => new SourcePosition(s.Key, s.Value))];
            _hasAdvanced = false;
            _isWriting = true;
            _write = WriteAsync();
        }

        private async Task WriteAsync()
        {
            Exception? failure = null;
            try
            {
                await SinkRetry.WriteAsync(_stage._sink, _stage._slot.Epoch, _writing, _writingSettled, _stage._meter, _stopping).ConfigureAwait(false);

                // At once, not once the stage hears of it: it may have been cut off meanwhile, and what is written is not lost.
                _stage._meter.Settled(_writingSettled);
            }
            catch (Exception cause)
            {
                failure = cause;
            }

            _written(failure);
        }

        private async Task PreCommitAsync(long snapshot)
        {
            try
            {
                await _stage._sink.PreCommitAsync(snapshot, _stopping).ConfigureAwait(false);
                _stage._slot.Give(snapshot, StateFormat.Version, new SinkState(_stage._meter.Results).Write);
            }
            catch (Exception cause)
            {
                _stage._slot.Fail(snapshot, cause);
            }

            _preCommitted();
        }

        private async Task SwitchAsync()
        {
            try
            {
                await PassOnAsync(_stopping).ConfigureAwait(false);
                _stage._slot.Give(SnapshotBarrier.Switch, StateFormat.Version, new SinkState(_stage._meter.Results).Write);
            }
            catch (Exception cause)
            {
                _stage._slot.Fail(SnapshotBarrier.Switch, cause);
            }

            _preCommitted();
        }

        /// <summary>The next plan's stage goes on with the sink; where that is another worker's, it opens one of its own once this one is closed.</summary>
        private async Task PassOnAsync(CancellationToken cancellationToken)
        {
            _isHandedOver = true;
            if (!_stage._belongings.PassOn(_stage._sink))
            {
                // All of it stands, whatever kind it is: the next one is resumed from here.
                await _stage._sink.PreCommitAsync(_stage._belongings.NextEpoch ?? 0, cancellationToken).ConfigureAwait(false);
                _stage._belongings.Disown(_stage._sink);
                await _stage._sink.DisposeAsync().ConfigureAwait(false);
            }
        }

        private void OnPreCommitted()
        {
            _isWriting = false;
            _barrier = null;
            Advance();
        }

        // Whoever asks does so after the stage's end; the sink is open until the fragment is disposed.
        private async Task<StatePiece> LastAsync(long snapshot)
        {
            if (snapshot == SnapshotBarrier.Switch)
            {
                await PassOnAsync(CancellationToken.None).ConfigureAwait(false);
            }
            else
            {
                await _stage._sink.PreCommitAsync(snapshot, CancellationToken.None).ConfigureAwait(false);
            }

            return new StatePiece(_stage._slot.Owner, StateFormat.Version, new SinkState(_stage._meter.Results).Write());
        }

        private void OnWritten(Exception? failure)
        {
            _isWriting = false;
            if (failure is not null)
            {
                _completion.Fail(failure);
                FailStage(failure);
                return;
            }

            var now = Stopwatch.GetTimestamp();
            foreach (var written in _writingAdmitted)
            {
                _stage._meter.Add(written, now);
            }

            Advance();
        }
    }
}
