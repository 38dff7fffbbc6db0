using System.Runtime.CompilerServices;
using Akka.Streams;
using Akka.Streams.Stage;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Runtime.Links;

/// <summary>The sending end of a link. Keeps order; holds one item while the link is full. Upstream finish and failure travel over the link; it finishes when all has arrived.</summary>
internal sealed class LinkSinkStage : GraphStage<SinkShape<Item>>
{
    private readonly ILinkSender _link;
    private readonly FragmentCompletion _completion;
    private readonly StateSlot? _slot;
    private readonly LinkMeter _meter;

    /// <param name="link">The link; the stage starts it.</param>
    /// <param name="completion">Is told when all has arrived.</param>
    /// <param name="slot">Where it says which barriers have passed: what came before one has then passed every stage of the fragment, and is in its meters. Null where no snapshots are taken.</param>
    /// <param name="meter">Where it says what waits for room; null where nobody looks.</param>
    public LinkSinkStage(ILinkSender link, FragmentCompletion completion, StateSlot? slot = null, LinkMeter? meter = null)
    {
        _meter = meter ?? new LinkMeter(link.Id.From, link.Id.To, link.Id.ToWorker);
        _link = link;
        _slot = slot;
        _completion = completion;
        _completion.Add();
        In = new Inlet<Item>($"{link.Id}.in");
        Shape = new SinkShape<Item>(In);
    }

    public Inlet<Item> In { get; }

    public override SinkShape<Item> Shape { get; }

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic : InGraphStageLogic
    {
        private readonly LinkSinkStage _stage;
        private readonly ILinkSender _link;
        private readonly DemandClock _demand;
        private Action _writable = () => { };
        private Action<Exception> _closed = _ => { };
        private Action _delivered = () => { };
        private ConfiguredValueTaskAwaitable<bool>.ConfiguredValueTaskAwaiter _room;
        private Item? _held;
        private bool _isComplete;

        public Logic(LinkSinkStage stage)
            : base(stage.Shape)
        {
            _stage = stage;
            _link = stage._link;
            _demand = stage._meter.Demand.Open();
            SetHandler(stage.In, this);
        }

        public override void PreStart()
        {
            _writable = GetAsyncCallback(OnRoom);
            _closed = GetAsyncCallback<Exception>(OnClosed);
            _delivered = GetAsyncCallback(OnDelivered);
            _link.Start();
            _ = ObserveDeliveryAsync();
            Pull(_stage.In);
        }

        public override void PostStop()
        {
            _stage._meter.Demand.Close(_demand);
            _stage._meter.Holds(0);
            if (!_isComplete)
            {
                var cause = new AbruptStageTerminationException(this);
                _link.Fail(cause);
                _stage._completion.Fail(cause);
            }

            _stage._completion.Stop(Task.CompletedTask);
        }

        public override void OnPush()
        {
            _held = Grab(_stage.In);
            if (_held is SnapshotBarrier barrier)
            {
                _stage._slot?.Pass(barrier.Snapshot);
            }

            Send();
        }

        public override void OnUpstreamFinish()
        {
            if (_held is null)
            {
                Complete();
                return;
            }

            // All ports are closed now: without this the stage would end with the item in its hand.
            SetKeepGoing(true);
        }

        public override void OnUpstreamFailure(Exception e)
        {
            _isComplete = true;
            _link.Fail(e);
            _stage._completion.Fail(e);
            FailStage(e);
        }

        private void Send()
        {
            if (_link.TryWrite(_held!))
            {
                _held = null;
                _demand.End();
                _stage._meter.Holds(0);
                if (IsClosed(_stage.In))
                {
                    Complete();
                }
                else
                {
                    Pull(_stage.In);
                }

                return;
            }

            _demand.Begin();
            _stage._meter.Holds((_held as Element)?.AdmittedAt ?? 0);
            Wait(_link.WaitToWriteAsync());
        }

        // An awaiter and a callback that is made once: waiting allocates nothing.
        private void Wait(ValueTask<bool> room)
        {
            _room = room.ConfigureAwait(false).GetAwaiter();
            if (_room.IsCompleted)
            {
                OnRoom();
            }
            else
            {
                _room.UnsafeOnCompleted(_writable);
            }
        }

        private void OnRoom()
        {
            bool isOpen;
            try
            {
                isOpen = _room.GetResult();
            }
            catch (Exception cause)
            {
                OnClosed(cause);
                return;
            }

            if (isOpen)
            {
                Send();
            }
            else
            {
                OnClosed(new InvalidOperationException($"The receiver of link {_link.Id} has closed it."));
            }
        }

        private async Task ObserveDeliveryAsync()
        {
            try
            {
                await _link.Delivered.ConfigureAwait(false);
                _delivered();
            }
            catch (Exception cause)
            {
                _closed(cause);
            }
        }

        private void OnClosed(Exception cause)
        {
            if (_isComplete)
            {
                return;
            }

            _isComplete = true;
            _stage._completion.Fail(cause);
            FailStage(cause);
        }

        /// <summary>Nothing follows. The stage ends when all of it has arrived: until then the link is needed.</summary>
        private void Complete()
        {
            _stage._slot?.Leave();
            SetKeepGoing(true);
            _link.Complete();
            if (_link.Delivered.IsCompletedSuccessfully)
            {
                OnDelivered();
            }
        }

        private void OnDelivered()
        {
            if (_isComplete)
            {
                return;
            }

            _isComplete = true;
            CompleteStage();
            _stage._completion.Complete();
        }
    }
}
