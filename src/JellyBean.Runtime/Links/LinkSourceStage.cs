using System.Runtime.CompilerServices;
using Akka.Streams;
using Akka.Streams.Stage;
using JellyBean.Runtime.Envelope;

namespace JellyBean.Runtime.Links;

/// <summary>The receiving end of a link. Keeps order; holds none. The sender's finish and failure become its own; downstream cancel closes the link, with its cause.</summary>
internal sealed class LinkSourceStage : GraphStage<SourceShape<Item>>
{
    private readonly ILinkReceiver _link;

    public LinkSourceStage(ILinkReceiver link)
    {
        _link = link;
        Out = new Outlet<Item>($"{link.Id}.out");
        Shape = new SourceShape<Item>(Out);
    }

    public Outlet<Item> Out { get; }

    public override SourceShape<Item> Shape { get; }

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly LinkSourceStage _stage;
        private readonly ILinkReceiver _link;
        private Action _readable = () => { };
        private ConfiguredValueTaskAwaitable<bool>.ConfiguredValueTaskAwaiter _next;

        public Logic(LinkSourceStage stage)
            : base(stage.Shape)
        {
            _stage = stage;
            _link = stage._link;
            SetHandler(stage.Out, this);
        }

        public override void PreStart()
        {
            _readable = GetAsyncCallback(OnReadable);
        }

        public override void PostStop() => _link.Cancel(null);

        public override void OnPull()
        {
            if (_link.TryRead(out var item))
            {
                Push(_stage.Out, item);
                return;
            }

            Wait(_link.WaitToReadAsync());
        }

        // An awaiter and a callback that is made once: waiting allocates nothing.
        private void Wait(ValueTask<bool> next)
        {
            _next = next.ConfigureAwait(false).GetAwaiter();
            if (_next.IsCompleted)
            {
                OnReadable();
            }
            else
            {
                _next.UnsafeOnCompleted(_readable);
            }
        }

        public override void OnDownstreamFinish(Exception cause)
        {
            if (cause is not SubscriptionWithCancelException.NonFailureCancellation)
            {
                // The sender fails with the same cause, whoever is asked first.
                _link.Cancel(cause);
            }

            base.OnDownstreamFinish(cause);
        }

        private void OnReadable()
        {
            bool isOpen;
            try
            {
                isOpen = _next.GetResult();
            }
            catch (Exception cause)
            {
                FailStage(cause);
                return;
            }

            if (!isOpen)
            {
                CompleteStage();
            }
            else if (IsAvailable(_stage.Out))
            {
                OnPull();
            }
        }
    }
}
