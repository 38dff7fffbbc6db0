using Akka.Streams;
using Akka.Streams.Stage;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Runtime.Links;

/// <summary>The sending end of a link. Keeps order; holds one item while the link is full. Upstream finish and failure travel over the link.</summary>
internal sealed class LinkSinkStage : GraphStage<SinkShape<Item>>
{
    private readonly LocalLink _link;
    private readonly LinkMeter _meter;
    private readonly FragmentCompletion _completion;

    public LinkSinkStage(LocalLink link, LinkMeter meter, FragmentCompletion completion)
    {
        _link = link;
        _meter = meter;
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
        private readonly LocalLink _link;
        private Action<bool> _writable = _ => { };
        private Action<Exception> _closed = _ => { };
        private Item? _held;
        private bool _isComplete;

        public Logic(LinkSinkStage stage)
            : base(stage.Shape)
        {
            _stage = stage;
            _link = stage._link;
            SetHandler(stage.In, this);
        }

        public override void PreStart()
        {
            _writable = GetAsyncCallback<bool>(OnWritable);
            _closed = GetAsyncCallback<Exception>(OnClosed);
            Pull(_stage.In);
        }

        public override void PostStop()
        {
            if (!_isComplete)
            {
                var cause = new AbruptStageTerminationException(this);
                _link.Writer.TryComplete(cause);
                _stage._completion.Fail(cause);
            }

            _stage._completion.Stop(Task.CompletedTask);
        }

        public override void OnPush()
        {
            var item = Grab(_stage.In);
            if (item is Element element)
            {
                _stage._meter.Sent(element);
            }

            _held = item;
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
            _link.Writer.TryComplete(e);
            _stage._completion.Fail(e);
            FailStage(e);
        }

        private void Send()
        {
            if (_link.Writer.TryWrite(_held!))
            {
                _held = null;
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

            var writable = _link.Writer.WaitToWriteAsync();
            if (writable.IsCompletedSuccessfully)
            {
                OnWritable(writable.Result);
            }
            else
            {
                _ = ObserveAsync(writable.AsTask());
            }
        }

        private async Task ObserveAsync(Task<bool> writable)
        {
            try
            {
                _writable(await writable.ConfigureAwait(false));
            }
            catch (Exception cause)
            {
                _closed(cause);
            }
        }

        private void OnWritable(bool isOpen)
        {
            if (isOpen)
            {
                Send();
            }
            else
            {
                OnClosed(new InvalidOperationException($"The receiver of link {_link.Id} has closed it."));
            }
        }

        private void OnClosed(Exception cause)
        {
            _isComplete = true;
            _stage._completion.Fail(cause);
            FailStage(cause);
        }

        private void Complete()
        {
            _isComplete = true;
            _link.Writer.TryComplete();
            CompleteStage();
            _stage._completion.Complete();
        }
    }
}
